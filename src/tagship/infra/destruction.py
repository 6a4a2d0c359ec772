"""``tagship infra destroy``: everything of one environment, in stages.

Terraform alone would stop at the first thing that protects itself, at a reader that scaling has added,
and at a bucket in which something lies; and it would leave behind what it never made.
Each stage does only what is still to do, so that whoever was interrupted types the command again, and it goes on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from tagship.base.errors import AwsConflict, NotReady, Refused
from tagship.infra import commands
from tagship.infra.events import ResourceFinished, ResourceStarted, ResourceWaiting
from tagship.infra.plan import Plan
from tagship.infra.teardown import KEY, Leftover, Teardown, teardown
from tagship.infra.tools import InfraTools

PATIENCE: Final = 30 * 60.0
"""Seconds until the readers of a database must be gone; AWS takes some minutes for one."""

PACE: Final = 15.0
"""Seconds between two looks at them."""


@dataclass(frozen=True)
class Destroyed:
    """What ``destroy`` did: how long it took, and the last snapshots of databases, which stay."""

    seconds: float
    snapshots: tuple[str, ...] = ()


def plan_destroy(tools: InfraTools) -> Plan:
    """What ``destroy`` would take away; the empty plan where nothing stands."""
    if not tools.s3.bucket_exists(tools.bucket):
        return Plan()
    terraform = tools.ready(lifted=True)
    tools.stage("plan", "Planning what to destroy")
    return commands.with_losses(tools, terraform, terraform.plan(destroy=True))


def destroy(tools: InfraTools, intended: Plan) -> Destroyed:
    """Take away what ``plan_destroy`` has just answered, then what Terraform did not make.

    Releases have registered revisions and written records: those go last, with the bucket and Terraform's state.

    Raises:
        Refused: a database would leave a last snapshot, and there is one of this name already.
        ProgramFailed: Terraform could not delete something; typed again, the command goes on.
    """
    started = tools.clock.monotonic()
    leftover = _remembered(tools)
    if intended.changes:
        found = teardown(tools.terraform().show())
        _require_new_snapshots(tools, found)
        leftover = _remember(tools, leftover | found.leftover)
        if _prepare(tools, found):
            # What was done meanwhile has changed the state, and Terraform refuses the plan of before.
            tools.ready(lifted=True, unprotected=True).plan(destroy=True)
        tools.stage("destroy", "Destroying")
        tools.terraform().apply(doing="destroy")
    _clean_up(tools, leftover)
    kept = tuple(name for name in leftover.snapshots if tools.clients.databases.has_snapshot(name))
    return Destroyed(tools.clock.monotonic() - started, kept)


def _prepare(tools: InfraTools, found: Teardown) -> bool:
    """Do what Terraform cannot; returns whether anything was done."""
    if found.protected:
        _unprotect(tools, found.protected)
    readers = _delete_readers(tools, found.clusters)
    for bucket in found.full:
        tools.s3.empty(bucket)
    return bool(found.protected or readers)


def _unprotect(tools: InfraTools, protected: tuple[str, ...]) -> None:
    """Apply the manifest once more without protection, to these resources alone."""
    tools.stage("protection", f"Disabling deletion protection of {_counted(protected, 'resource')}")
    terraform = tools.ready(lifted=True, unprotected=True)
    if terraform.plan(targets=protected).changes:
        terraform.apply(doing="destroy")


def _delete_readers(tools: InfraTools, clusters: Sequence[str]) -> bool:
    """Scaling first, or it would add them again; then the readers that it has added, which no plan knows."""
    databases = tools.clients.databases
    stopped = [cluster for cluster in clusters if databases.stop_scaling(cluster)]
    names = _readers(tools, clusters)
    if names:
        tools.stage("readers", f"Deleting {_counted(names, 'reader')} that auto scaling added to the database")
    for name in sorted(names):
        tools.events.emit(ResourceStarted(name, "delete"))
        databases.delete_reader(name)
    _await_readers(tools, clusters, names)
    return bool(stopped or names)


def _readers(tools: InfraTools, clusters: Sequence[str]) -> set[str]:
    return {name for cluster in clusters for name in tools.clients.databases.autoscaled_readers(cluster)}


def _await_readers(tools: InfraTools, clusters: Sequence[str], names: set[str]) -> None:
    started = tools.clock.monotonic()
    left = set(names)
    while left:
        waited = tools.clock.monotonic() - started
        there = _readers(tools, clusters)
        for name in sorted(left - there):
            tools.events.emit(ResourceFinished(name, "delete", waited))
        left &= there
        if left and waited > PATIENCE:
            raise NotReady(
                f"AWS is still deleting {', '.join(sorted(left))} after {waited / 60:.0f} minutes.",
                hint=f"tagship infra destroy --env {tools.environment}",
            )
        if left:
            for name in sorted(left):
                tools.events.emit(ResourceWaiting(name, "delete", waited, "AWS to delete the reader, some minutes"))
            tools.clock.sleep(PACE)


def _require_new_snapshots(tools: InfraTools, found: Teardown) -> None:
    """AWS refuses a second snapshot of one name, and would do so after everything else is gone."""
    if taken := [name for name in found.leftover.snapshots if tools.clients.databases.has_snapshot(name)]:
        raise Refused(
            f"The database's final snapshot would be called `{taken[0]}`, and a snapshot of that name exists, from "
            "an earlier environment.",
            hint=f"Nothing was changed. Delete it first: {forget_snapshot(taken[0], tools.manifest.region)}",
        )


def forget_snapshot(name: str, region: str) -> str:
    """The command that deletes a snapshot that stayed."""
    return f"aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier {name} --region {region}"


def _remembered(tools: InfraTools) -> Leftover:
    found = tools.s3.get(tools.bucket, KEY) if tools.s3.bucket_exists(tools.bucket) else None
    return Leftover.from_json(found.body if found else None)


def _remember(tools: InfraTools, leftover: Leftover) -> Leftover:
    """Whoever types the command again, on another machine too, cleans up what is named here."""
    try:
        tools.s3.put_new(tools.bucket, KEY, leftover.to_json())
    except AwsConflict:
        if found := tools.s3.get(tools.bucket, KEY):
            tools.s3.put_over(tools.bucket, KEY, leftover.to_json(), etag=found.etag)
    return leftover


def _clean_up(tools: InfraTools, leftover: Leftover) -> None:
    tools.stage(
        "clean-up", "Deleting task-definition revisions, log groups that AWS created, release records and the bucket"
    )
    for service in tools.manifest.services:
        tools.task_definitions.delete_family(tools.names.task_family(service))
    leftovers = tools.clients.leftovers
    for prefix in leftover.log_groups:
        for name in leftovers.log_groups(prefix):
            # A prefix that ends with no slash is a whole name: /aws/lambda/shop is not /aws/lambda/shop-2.
            if prefix.endswith("/") or name == prefix:
                leftovers.delete_log_group(name)
    for secret in leftover.secrets:
        leftovers.delete_secret(secret)
    tools.s3.delete_bucket(tools.bucket)
    tools.workspace.remove()


def _counted(names: Collection[str], what: str) -> str:
    return f"{len(names)} {what}{'' if len(names) == 1 else 's'}"
