"""Where the AWS provider comes from: a folder on this machine where there is one, else the registry.

Teams without the internet keep providers in a filesystem mirror
(Terraform documentation, "Provider Installation"): ``MIRROR/HOST/hashicorp/aws/VERSION/PLATFORM/``,
or packed ``MIRROR/HOST/hashicorp/aws/terraform-provider-aws_VERSION_PLATFORM.zip``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tagship.base.clock import Clock
from tagship.base.errors import NotReady
from tagship.base.process import find_program
from tagship.infra.program import Program
from tagship.infra.versions import PROVIDER, provider_fits, written

SETTING: Final = "TAGSHIP_PROVIDER_MIRROR"
"""The environment variable that names a mirror."""

ROOTS: Final = (Path("/opt"), Path("/usr/local"), Path("/usr/share"), Path("/srv"))
"""Where a mirror is likely to lie, besides the home folder and the places that Terraform knows itself."""

DEPTH: Final = 3
"""So many folders deep the search goes below each root."""

SECONDS: Final = 2.0
"""So long the search may take."""

_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "site-packages", "proc", "sys"})


@dataclass(frozen=True)
class Surroundings:
    """The user's machine as far as infra looks at it: environment variables, home folder, likely roots, the PATH."""

    environ: Mapping[str, str]
    home: Path
    roots: tuple[Path, ...] = ROOTS
    look_up: Callable[[str], str | None] = find_program


def find_mirror(around: Surroundings, program: Program, clock: Clock) -> Path | None:
    """A mirror that holds a provider we can use; None leaves it to Terraform's own configuration and the registry.

    The setting goes first, then what the user has told Terraform, then the places that Terraform knows,
    then a short search.

    Raises:
        NotReady: the setting names a folder without such a provider.
    """
    if named := around.environ.get(SETTING):
        return _named(Path(named).expanduser(), program)
    if has_own_installation(around):
        return None
    candidates = (*_implied(around), *_searched(around, program, clock))
    return next((mirror for mirror in candidates if holds_provider(mirror, program)), None)


def user_configuration(around: Surroundings) -> Path | None:
    """The user's own CLI configuration file; one that is named and does not exist is as good as none."""
    named = around.environ.get("TF_CLI_CONFIG_FILE")
    candidates = [Path(named)] if named else [around.home / ".terraformrc", around.home / ".tofurc"]
    return next((path for path in candidates if path.is_file()), None)


def has_own_installation(around: Surroundings) -> bool:
    """Whether the user's configuration says where providers come from; then it is not ours to say."""
    path = user_configuration(around)
    return path is not None and "provider_installation" in path.read_text(errors="replace")


def holds_provider(mirror: Path, program: Program) -> bool:
    """Whether a mirror has a version that the modules accept, for this platform."""
    folder = _provider_folder(mirror, program)
    unpacked = (path.parent.name for path in folder.glob(f"*/{program.platform}"))
    packed = (path.name.split("_")[1] for path in folder.glob(f"terraform-provider-aws_*_{program.platform}.zip"))
    return any(provider_fits(version) for version in (*unpacked, *packed))


def configuration(mirror: Path, program: Program) -> str:
    """A CLI configuration that takes the AWS provider from the mirror and nowhere else."""
    provider = f"{program.registry}/hashicorp/aws"
    return (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f'    path    = "{mirror}"\n'
        f'    include = ["{provider}"]\n'
        "  }\n"
        "  direct {\n"
        f'    exclude = ["{provider}"]\n'
        "  }\n"
        "}\n"
    )


def _provider_folder(mirror: Path, program: Program) -> Path:
    return mirror / program.registry / "hashicorp" / "aws"


def _named(mirror: Path, program: Program) -> Path:
    if holds_provider(mirror, program):
        return mirror
    raise NotReady(
        f"`{SETTING}` names `{mirror}`, which has no `hashicorp/aws` provider {written(PROVIDER)} or newer "
        f"for {program.platform}.",
        hint=f"Put it at {_provider_folder(mirror, program)}/VERSION/{program.platform}/, or unset {SETTING}.",
    )


def _implied(around: Surroundings) -> Iterator[Path]:
    """The places where Terraform looks by itself (its documentation, "Implied Local Mirror Directories")."""
    data_home = around.environ.get("XDG_DATA_HOME") or str(around.home / ".local/share")
    data_dirs = around.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    yield around.home / ".terraform.d/plugins"
    yield around.home / "Library/Application Support/io.terraform/plugins"
    yield Path("/Library/Application Support/io.terraform/plugins")
    for folder in (data_home, *data_dirs.split(":")):
        yield Path(folder) / "terraform/plugins"


def _searched(around: Surroundings, program: Program, clock: Clock) -> Iterator[Path]:
    """Folders that hold ``HOST/hashicorp/aws``, the shallow ones first, until the time is over."""
    deadline = clock.monotonic() + SECONDS
    level = [*around.roots, around.home]
    for _ in range(DEPTH + 1):
        for folder in level:
            if clock.monotonic() > deadline:
                return
            if _provider_folder(folder, program).is_dir():
                yield folder
        level = list(_below(level))


def _below(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        try:
            yield from sorted(
                path
                for path in folder.iterdir()
                if path.name not in _PASSED_OVER and path.is_dir() and not path.is_symlink()
            )
        except OSError:  # a folder that we may not read holds nothing for us
            continue
