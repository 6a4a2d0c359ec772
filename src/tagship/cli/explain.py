"""``tagship explain``."""

import click

from tagship.base.errors import Refused
from tagship.cli import options, output
from tagship.manifest.spelling import did_you_mean


def _causes(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    from tagship.release.diagnosis.runbook import sections

    return [cause for cause in sections() if cause.startswith(incomplete)]


@click.command()
@click.argument("cause", required=False, shell_complete=_causes)
@options.as_json
def explain(cause: str | None, *, as_json: bool) -> None:
    """Explain CAUSE of a failed release: its symptoms, and how to fix it. Without CAUSE: list all causes.

    Example: tagship explain wrong-port
    """
    from tagship.release.diagnosis.runbook import sections

    known = sections()
    if cause is None:
        output.as_json(list(known)) if as_json else output.data("\n".join(known))
    elif cause not in known:
        raise Refused(f"Unknown cause `{cause}`; {did_you_mean(cause, known)}", hint="tagship explain")
    elif as_json:
        output.as_json({"cause": cause, "text": known[cause]})
    else:
        output.data(f"{cause}\n\n{known[cause]}")
