"""``tagship secret check``."""

from dataclasses import asdict
from pathlib import Path

import click

from tagship.base.errors import NotReady
from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@options.environment
@options.manifest
@options.as_json
def check(environment: Address, manifest_path: Path, *, as_json: bool) -> int:
    """Find secrets that are missing, empty, without the key that the manifest names, or not used by any service.

    Where the names of a secret's keys are not known, its value is read, and never shown.
    Exit codes: 0 a release would find every secret, 4 it would not.
    """
    from tagship.secret.overview import complaints
    from tagship.wiring.environment import connect

    place = connect(manifest_path, environment, Events())
    found = list(complaints(place.secret_keeper(), place.secret_doors()))
    bad = [each for each in found if not each.harmless]
    if as_json:
        output.as_json([asdict(each) for each in found])
    else:
        for each in found:
            output.data(f"{'note' if each.harmless else 'FAIL'}  {each.about}: {each.words}")
            if each.hint:
                output.data(f"      {each.hint}")
        if not bad:
            output.say("Every secret that the manifest names is there.")
    return NotReady.exit_code if bad else 0
