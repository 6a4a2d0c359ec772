"""``tagship completion``."""

import click
from click.shell_completion import get_completion_class

from tagship.cli import output

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script with which SHELL completes commands, options and their values.

    \b
    bash, in ~/.bashrc:                   eval "$(tagship completion bash)"
    zsh, in ~/.zshrc after compinit:      eval "$(tagship completion zsh)"
    fish, in ~/.config/fish/config.fish:  tagship completion fish | source
    """  # noqa: D301 - \b tells click to keep the lines as they are
    script = get_completion_class(shell)
    if script is None:
        raise click.BadParameter(f"`{shell}` is not supported", param_hint="SHELL")
    root = context.find_root().command
    output.data(script(root, {}, "tagship", "_TAGSHIP_COMPLETE").source().rstrip("\n"))
