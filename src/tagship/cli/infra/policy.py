"""``tagship infra policy``."""

import json
from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@options.environment
@options.manifest
@options.as_json
def policy(folder: Path | None, *, environment: Address, manifest_path: Path, as_json: bool) -> None:
    """Print the IAM policies that `plan`, `apply` and `destroy` of this environment need.

    With FOLDER: one file for each policy, for `aws iam create-policy`. This command itself needs no permission.
    """
    from tagship.infra import commands
    from tagship.wiring.environment import connect

    found = commands.policy(connect(manifest_path, environment, Events()).infra())
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in found.items():
            (folder / f"{name}.json").write_text(f"{json.dumps(document, indent=2)}\n", encoding="utf-8")
        output.say(f"Wrote {len(found)} policies to `{folder}`. Attach all of them to one role or group.")
        first = next(iter(found))
        output.next_step(f"aws iam create-policy --policy-name {first} --policy-document file://{folder}/{first}.json")
    elif as_json:
        output.as_json(found)
    else:
        for name, document in found.items():
            output.say(name)
            output.data(json.dumps(document, indent=2))
