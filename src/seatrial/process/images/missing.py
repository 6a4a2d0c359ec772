"""What is said of an image that is not on this machine. Pure; nothing of Docker's is imported."""

from seatrial.ground.errors import NotReady
from seatrial.process.images.catalogue import RECIPES, instead_of


class ImageMissing(NotReady):
    """An image is not on this machine, and cannot be had.

    Args:
        message: what happened.
        hint: what to type.
        instead: a version of Aurora whose image can be had here, where this one's cannot; else None.
    """

    def __init__(self, message: str, *, hint: str, instead: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.instead = instead


def how_to_have(name: str) -> str:
    """What has an image that is not here, in words, without asking any registry. Pure."""
    if name in RECIPES:
        return f"`seatrial images {name}` fetches it, or builds it from Debian's packages"
    return f"`seatrial images {name}` fetches it; it cannot be built here"


def lacks_tools(name: str, why: str, *, install: str) -> ImageMissing:
    """It could be built, if what builds it were here; ``why`` no registry gives it, and what to install."""
    return ImageMissing(
        f"{_nowhere(name, why)} It can be built from Debian's packages, for which mmdebstrap is missing.",
        hint=f"{install}, then seatrial images {name}",
    )


def cannot_be_built(name: str, why: str) -> ImageMissing:
    """Only a registry has it; ``why`` none gives it."""
    kind, other = name.partition(":")[0], instead_of(name)
    built = [each for each in RECIPES if each.startswith(f"{kind}:")]
    of_it = f"only {' and '.join(f'`{each}`' for each in built)} can" if built else "only a registry has it"
    hint = f"docker pull {name}, where a registry answers, then try again."
    return ImageMissing(
        f"{_nowhere(name, why)} It cannot be built here: {of_it}.",
        hint=f"{hint} Or ask for version {other}, whose image can be built here." if other else hint,
        instead=other,
    )


def _nowhere(name: str, why: str) -> str:
    return f"The image `{name}` is not on this machine, and no registry gives it: {why}."
