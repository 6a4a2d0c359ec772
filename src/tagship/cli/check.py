"""``tagship check``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.errors import ManifestInvalid, NotReady, TagshipError
from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import LOCAL, Address, On

if TYPE_CHECKING:
    from tagship.manifest.load import Examined
    from tagship.manifest.model import EnvironmentManifest, Manifest
    from tagship.manifest.problems import Problem
    from tagship.manifest.service import Service


@click.command()
@click.option(
    "--env",
    "environment",
    metavar="NAME",
    help="Only this environment, including its infrastructure on AWS.",
)
@options.on
@options.manifest
@options.as_json
@click.option("--schema", is_flag=True, help="Print the JSON Schema of tagship.yaml, for editors.")
def check(environment: str | None, manifest_path: Path, *, on: On | None, as_json: bool, schema: bool) -> int:
    """Check that tagship.yaml is valid, and print what it describes. Exit code 3: it is not valid."""
    from tagship.manifest.doubts import doubts
    from tagship.manifest.files import missing_files
    from tagship.manifest.load import examine, invalid, read
    from tagship.manifest.schema import schema_text

    if schema:
        output.data(schema_text().rstrip("\n"))
        return 0
    examined = examine(read(manifest_path))
    problems = (*examined.problems, *missing_files(examined, manifest_path.parent))
    if as_json:
        return _show_json(examined, environment, problems)
    if examined.manifest is None or problems:
        raise invalid(problems, str(manifest_path))
    for line in describe(examined.manifest, environment):
        output.data(line)
    for doubt in doubts(examined, manifest_path.parent):
        output.say(f"Warning: {manifest_path}:{doubt.line}: {doubt}")
    for missing in _not_here(examined.manifest, Address(environment or LOCAL, on)):
        output.say(f"!! {missing}")
    if environment is not None:
        return _show_standing(manifest_path, options.address_of(environment, on))
    output.next_step("tagship local up")  # which knows what stands, and says what comes after it
    return 0


def _not_here(manifest: Manifest, address: Address) -> Iterator[str]:
    """What of the environment on this machine cannot run here yet; a manifest without such things asks nobody."""
    if address.embedded:
        from tagship.manifest.embedded import manifest_at
        from tagship.wiring.local import LocalAws

        yield from LocalAws().images_that_are_missing(manifest_at(manifest, address))


def _show_standing(manifest_path: Path, environment: Address) -> int:
    """Look at the environment itself, as a release does first; the exit code says whether a release could go ahead."""
    from tagship.cli.narration import report_lines
    from tagship.wiring.environment import connect

    try:
        report = connect(manifest_path, environment, Events()).verified()
    except TagshipError as problem:
        output.data(f"??    the environment could not be read: {problem.message}")
        output.next_step(problem.hint or "tagship check")
        return NotReady.exit_code
    for line in report_lines(report):
        output.data(line)
    if not report.passed:
        return NotReady.exit_code
    output.next_step("tagship deploy")
    return 0


def describe(manifest: Manifest, environment: str | None = None) -> Iterator[str]:
    """What a manifest describes, in words: all environments, or one."""
    chosen = _chosen(manifest, environment)
    site = f", and the front end in `{manifest.site.folder}`" if manifest.site else ""
    yield f"{manifest.app}: {', '.join(manifest.services)}{site}."
    for each in chosen:
        yield f"{each.environment}: {_place(each)}"
        yield from (f"  {name}: {_service(service)}" for name, service in each.services.items())


def _chosen(manifest: Manifest, environment: str | None) -> list[EnvironmentManifest]:
    names = manifest.environment_names if environment is None else (environment,)
    return [manifest.for_environment(name) for name in names]


def _place(environment: EnvironmentManifest) -> str:
    if environment.environment == LOCAL:
        return f"the embedded AWS on this machine ({environment.region})"
    account = f"account {environment.account}" if environment.account else "the account of the credentials in use"
    return f"{account}, {environment.region}"


def _service(service: Service) -> str:
    count = service.count
    tasks = f"{count.desired} tasks" if count.desired > 1 else "1 task"
    size = f"{service.cpu / 1024:g} vCPU and {service.memory} MiB"
    return f"{tasks} ({count.min} to {count.max}) of {size}, port {service.port}, for {' '.join(service.paths)}"


def _show_json(examined: Examined, environment: str | None, problems: tuple[Problem, ...]) -> int:
    manifest = examined.manifest
    chosen = [] if manifest is None else _chosen(manifest, environment)
    output.as_json(
        {
            "problems": [{"line": each.line, "path": each.path, "message": each.says} for each in problems],
            "environments": {each.environment: each.model_dump(mode="json") for each in chosen},
        }
    )
    return ManifestInvalid.exit_code if problems else 0
