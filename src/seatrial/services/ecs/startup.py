"""In which order the containers of a task start and stop, and which of them owns the network. Pure.

Source: API reference, ``ContainerDependency``; developer guide, "Task networking": containers of a task share
``localhost``.
"""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from seatrial.services.ecs.errors import client_error

Definition = Mapping[str, Any]
ENDS = {"COMPLETE", "SUCCESS"}


def start_order(definitions: Sequence[Definition]) -> list[Definition]:
    """Each container after those it depends on, else as defined.

    Raises:
        AwsCallError: ``ClientException`` where the dependencies form a circle.
    """
    by_name = {definition["name"]: definition for definition in definitions}
    sorter = TopologicalSorter({name: _needs(definition) for name, definition in by_name.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise client_error("Container dependencies form a cycle.") from error
    ordered: list[Definition] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        ordered += [by_name[name] for name in by_name if name in ready]
        sorter.done(*ready)
    return ordered


def stop_waves(definitions: Sequence[Definition]) -> list[list[str]]:
    """Names of containers that may stop together: first those on which no other depends, the rest after them."""
    needs = {definition["name"]: _needs(definition) for definition in definitions}
    waves: list[list[str]] = []
    while needs:
        needed = {name for names in needs.values() for name in names}
        wave = [name for name in needs if name not in needed] or list(needs)
        waves.append(wave)
        needs = {name: names for name, names in needs.items() if name not in wave}
    return waves


def network_owner(definitions: Sequence[Definition]) -> str:
    """The container whose network the others share: the first to start that is meant to stay.

    A container that others wait for to end cannot own it, since a network goes with its owner; those that start
    before the owner have a network of their own.
    """
    ordered = start_order(definitions)
    ending = {
        dependency["containerName"]
        for definition in definitions
        for dependency in definition.get("dependsOn", ())
        if dependency["condition"] in ENDS
    }
    staying = [item["name"] for item in ordered if item["name"] not in ending and item.get("essential", True)]
    return str(next(iter(staying), ordered[0]["name"]))


def _needs(definition: Definition) -> list[str]:
    return [dependency["containerName"] for dependency in definition.get("dependsOn", ())]
