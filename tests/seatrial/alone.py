"""An environment in which seatrial can be imported, and tagship cannot."""

import os
from pathlib import Path

import seatrial


def alone(folder: Path) -> dict[str, str]:
    """This process's variables, with a path on which `seatrial` is found before all others, and `tagship` fails.

    Args:
        folder: an empty one, for what stands in their place.
    """
    (folder / "seatrial").symlink_to(Path(seatrial.__file__).parent)
    (folder / "tagship.py").write_text('raise ImportError("there is no tagship here")\n', encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder)}
