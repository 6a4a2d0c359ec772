"""What the commands of ``seatrial fault`` share: how long, which service, and how a fault is set."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from seatrial.cli import output
from seatrial.cli.program import control

Command = TypeVar("Command", bound=Callable[..., None])

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS: Mapping[str | None, float] = {"ms": 0.001, None: 1, "s": 1, "m": 60, "h": 3600}


class Duration(click.ParamType[float]):
    """``5``, ``5s``, ``2m``, ``1h`` or ``500ms``, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - click's shape
        """Seconds."""
        if isinstance(value, int | float):
            return float(value)
        found = _DURATION.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"`{value}` is not a duration: write 5s, 500ms or 2m.", param, ctx)
        return float(found[1]) * _UNITS[found[2]]


DURATION = Duration()

service = click.option(
    "--service",
    default="*",
    show_default=True,
    metavar="NAME",
    help="Name or ARN of the ECS service; `*`: all services.",
)
tasks = click.option("--tasks", type=click.IntRange(min=1), metavar="N", help="Only the next N tasks.  [default: all]")
lasts = click.option(
    "--for", "lasts", type=DURATION, metavar="DURATION", help="End the fault after this time.  [default: when cleared]"
)


def seconds(default: str) -> Callable[[Command], Command]:
    """The argument that says after how long, or for how long."""
    return click.argument("seconds", type=DURATION, default=default, metavar=f"[DURATION={default}]")


def set_fault(kind: str, effect: str, **order: object) -> None:
    """Set a fault and say so.

    Args:
        kind: the kind of the fault.
        effect: what it does from now on, a sentence.
        order: what was said on the command line, by the names of ``core/faults/kinds.py``; ``as_json`` prints the
            fault for a script.
    """
    as_json = order.pop("as_json", False)
    said = {name: value for name, value in order.items() if value is not None}
    made = control(output.say).set_fault({"kind": kind, **said})
    if as_json:
        output.as_json(made)
        return
    output.say(f"Fault {made['id']} is set: {effect}")
    output.next_step(f"seatrial fault clear {made['id']}")
