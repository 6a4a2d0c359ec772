"""Which image what runs from, and of what it is built where no registry gives it. Pure.

An image that is built here stands in for the one of the same name:

- PostgreSQL: the same major version, and of the official image's entrypoint what ``postgres-entrypoint.sh`` has.
- Lambda: the same minor version of Python, boto3, and the runtime interface emulator of ``lambda_runtime.py``.
- Python: the same minor version and the same Debian, ``python`` and ``pip`` on the PATH. It trusts the certificate
  authorities that this machine trusts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Final

OFFERED: Final = {15: "15.15", 17: "17.7"}
"""By major version of PostgreSQL that Debian has, one that Aurora offers (RDS API, ``DescribeDBEngineVersions``)."""

_HERE: Final = Path(__file__).parent
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_AUTHORITIES: Final = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class Recipe:
    """Of what an image is built.

    Args:
        suite: the release of Debian, such as ``trixie``.
        packages: the packages that it has beyond the least.
        hooks: further options of mmdebstrap, which gives each hook the image's root as ``$1``.
        changes: instructions of a Dockerfile, which the image gets when it is imported.
    """

    suite: str
    packages: tuple[str, ...]
    hooks: tuple[str, ...]
    changes: tuple[str, ...]


def image_of_database(version: str) -> str:
    """Which image MiniStack runs a version of Aurora PostgreSQL from, such as ``17.7``."""
    return f"postgres:{version.partition('.')[0]}-alpine"


def image_of_function(runtime: str) -> str:
    """Which image MiniStack runs a function of a Python runtime in, such as ``python3.13``."""
    return f"public.ecr.aws/lambda/python:{runtime.removeprefix('python')}"


def instead_of(image: str) -> str | None:
    """A version of Aurora whose image can be built, for an image of a database that cannot; None for others."""
    return OFFERED[max(OFFERED)] if image.startswith("postgres:") and image not in RECIPES else None


def _postgres(suite: str, major: int) -> Recipe:
    entrypoint = _HERE / "postgres-entrypoint.sh"
    return Recipe(
        suite,
        (f"postgresql-{major}", "gosu"),
        (
            # Debian would make a cluster of its own while the package is installed.
            '--essential-hook=mkdir -p "$1/etc/postgresql-common"',
            '--essential-hook=echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"',
            f'--customize-hook=install -m 755 {quote(str(entrypoint))} "$1/usr/local/bin/docker-entrypoint.sh"',
            "--skip=cleanup/run",
            '--customize-hook=chroot "$1" install -d -o postgres -g postgres -m 2777 /run/postgresql',
            '--customize-hook=chroot "$1" install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data',
        ),
        (
            f"ENV PATH=/usr/lib/postgresql/{major}/bin:{_PATH}",
            "ENV LANG=C.UTF-8",
            f"ENV PGDATA=/var/lib/postgresql/data PG_MAJOR={major}",
            'ENTRYPOINT ["docker-entrypoint.sh"]',
            'CMD ["postgres"]',
            "EXPOSE 5432",
            "VOLUME /var/lib/postgresql/data",
        ),
    )


def _function(suite: str) -> Recipe:
    runtime = _HERE / "lambda_runtime.py"
    return Recipe(
        suite,
        ("ca-certificates", "python3", "python3-boto3"),
        (
            '--customize-hook=mkdir -p "$1/var/task" "$1/var/runtime" "$1/opt/python"',
            f'--customize-hook=install -m 644 {quote(str(runtime))} "$1/var/runtime/lambda_runtime.py"',
            f'--customize-hook=cp -L {_AUTHORITIES} "$1{_AUTHORITIES}"',
        ),
        (
            "ENV LANG=C.UTF-8 LAMBDA_TASK_ROOT=/var/task",
            "WORKDIR /var/task",
            # -I: what the function brings must not stand in for what the emulator imports.
            'ENTRYPOINT ["python3", "-I", "/var/runtime/lambda_runtime.py"]',
        ),
    )


def _python(suite: str) -> Recipe:
    return Recipe(
        suite,
        ("ca-certificates", "python3", "python3-pip"),
        (
            # The bundle is copied rather than Debian's kept: behind a proxy that signs for itself, pip trusts it too.
            f'--customize-hook=cp -L {_AUTHORITIES} "$1{_AUTHORITIES}"',
            f'--customize-hook=printf "[global]\\ncert = {_AUTHORITIES}\\n" >"$1/etc/pip.conf"',
            '--customize-hook=rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED',
            '--customize-hook=ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
            '--customize-hook=find "$1" -xdev -name __pycache__ -prune -exec rm -r {} +',
        ),
        (f"ENV PATH={_PATH}", "ENV LANG=C.UTF-8", 'CMD ["python3"]'),
    )


RECIPES: Final[Mapping[str, Recipe]] = {
    "postgres:15-alpine": _postgres("bookworm", 15),
    "postgres:17-alpine": _postgres("trixie", 17),
    "public.ecr.aws/lambda/python:3.13": _function("trixie"),
    "python:3.11-slim-bookworm": _python("bookworm"),
    "python:3.13-slim-trixie": _python("trixie"),
}
"""By name, the images that can be built here."""

USUAL: Final = (image_of_database(OFFERED[17]), image_of_function("python3.13"))
"""What ``seatrial images`` has where nothing is named."""
