"""What ``tagship infra`` does, told as prose: one function per command. Taking all away: ``destruction.py``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tagship.base.errors import Refused
from tagship.infra import guard, live, service_roles
from tagship.infra.bucket import read_infrastructure
from tagship.infra.diagnostics import DestructionPrevented
from tagship.infra.eject import eject as write_out
from tagship.infra.guard import Loss, Suspect
from tagship.infra.live_rules import RULES
from tagship.infra.outputs import Infrastructure
from tagship.infra.plan import Plan
from tagship.infra.policy import documents
from tagship.infra.teardown import teardown
from tagship.infra.terraform import LOOK_FILE, Terraform
from tagship.infra.tools import InfraTools
from tagship.infra.variables import variables


@dataclass(frozen=True)
class Applied:
    """What ``apply`` did: how long it took, and what stands now."""

    seconds: float
    infrastructure: Infrastructure


def preview(tools: InfraTools) -> Plan:
    """What ``apply`` would change. Raises as ``plan`` does.

    Nothing is written: no bucket, no state, no lock of it, so that read-only credentials are enough; of files, those
    of tagship's own folder alone, and no plan stays in there, for it would hold every value of the environment.
    """
    terraform = tools.ready(looking=True)
    try:
        return _looked_through(tools, terraform, _planned(tools, terraform))
    finally:
        tools.workspace.forget_plan(LOOK_FILE)


def plan(tools: InfraTools, allowed: Sequence[str] = ()) -> Plan:
    """What ``apply`` is to do. Makes the environment's bucket where there is none: the state lies in it.

    What was half made, and protects itself against deletion, is finished in place: AWS would refuse to replace it.

    Args:
        tools: the environment's.
        allowed: what may be destroyed, by address or by its module's name; see ``refuse``.

    Raises:
        ProgramMissing: no Terraform, or too old.
        NotReady: the modules refuse a value of the manifest.
        StateLocked: another run holds the state.
        ProgramFailed: Terraform failed; its own words are quoted.
    """
    terraform = tools.ready(lifted=bool(allowed))
    found = _planned(tools, terraform)
    if kept := _half_made(terraform, found):
        tools.stage("plan", f"Recreating what a cut-off apply left incomplete: {', '.join(kept)}")
        for address in kept:
            terraform.untaint(address)
        found = _planned(tools, terraform)
    return _looked_through(tools, terraform, found)


def _planned(tools: InfraTools, terraform: Terraform) -> Plan:
    tools.stage("plan", "Planning: comparing the infrastructure with the manifest")
    try:
        return terraform.plan()
    except DestructionPrevented:
        # Terraform ends here, and says neither what would be lost nor why: so it plans once more, unprevented.
        # What comes of it is looked at, and applied only where each loss was allowed.
        tools.workspace.lift()
        return terraform.plan()


def _half_made(terraform: Terraform, found: Plan) -> tuple[str, ...]:
    """What would be replaced because Terraform was cut off while it made it, and AWS would refuse to delete."""
    tainted = {each.address for each in found.changes if (each.action, each.reason) == ("replace", "tainted")}
    return tuple(each for each in teardown(terraform.show()).protected if each in tainted) if tainted else ()


def _looked_through(tools: InfraTools, terraform: Terraform, found: Plan) -> Plan:
    """The saved plan, with what nobody could bring back, and what reaches running tasks."""
    tasks = tools.clients.tasks.running(tools.names.cluster) if found.changes else {}
    if not (found.takes_away or any(tasks.values())):
        return found
    document = terraform.show()
    losses = _losses(tools, document) if found.takes_away else ()
    seen = live.scene(document, lambda service: tasks.get(tools.names.service(service), 0))
    asked = tuple(tools.clients.asker.probed(each) for each in live.live_changes(seen, RULES))
    return replace(found, losses=losses, live=asked)


def with_losses(tools: InfraTools, terraform: Terraform, found: Plan) -> Plan:
    """The saved plan, with what nobody could bring back."""
    return replace(found, losses=_losses(tools, terraform.show())) if found.takes_away else found


def refuse(tools: InfraTools, intended: Plan, allowed: Sequence[str] = (), live_allowed: Sequence[str] = ()) -> None:
    """End here where the plan does what was not allowed by name.

    Args:
        tools: the environment's.
        intended: what ``plan`` answered.
        allowed: what may be destroyed, although nobody can bring it back; see ``guard.refuse``.
        live_allowed: what may be changed under running tasks; see ``live.refuse``.

    Raises:
        Refused: it does. The saved plan is gone, so that nobody applies it by hand.
    """
    try:
        guard.refuse(intended.losses, allowed=allowed, environment=tools.environment)
        live.refuse(intended.live, allowed=(*allowed, *live_allowed), environment=tools.environment)
    except Refused:
        tools.workspace.forget_plan()
        raise


def apply(tools: InfraTools, intended: Plan, allowed: Sequence[str] = (), live_allowed: Sequence[str] = ()) -> Applied:
    """Do exactly what ``plan`` has just answered; nothing where it was empty.

    Raises:
        Refused: it does what was not allowed by name; see ``refuse``.
        StateLocked: another run holds the state.
        ProgramFailed: some resource could not be made; what was made is kept, and the next ``apply`` goes on.
    """
    refuse(tools, intended, allowed, live_allowed)
    started = tools.clock.monotonic()
    if intended.changes:
        if made := service_roles.ensure(tools.clients.roles, tools.manifest):
            tools.stage("roles", f"Created the account's missing service-linked roles of {', '.join(made)}")
        tools.stage("apply", "Applying")
        tools.terraform().apply()
    return Applied(tools.clock.monotonic() - started, output(tools))


def output(tools: InfraTools) -> Infrastructure:
    """What stands, with one GET and no Terraform.

    Raises:
        NotReady: nothing was applied yet.
    """
    return read_infrastructure(tools.s3, tools.bucket, environment=tools.environment)


def policy(tools: InfraTools) -> dict[str, dict[str, Any]]:
    """By their names, the IAM policies of whoever does what stands here; see ``policy/documents.py``."""
    manifest = variables(tools.manifest, tools.names, account=tools.account)["manifest"]
    return documents.policies(manifest, tools.account)


def unlock(tools: InfraTools, lock: str) -> None:
    """Take away the lock of a run that is gone for good; ``lock`` is the id that the error named."""
    tools.ready().unlock(lock)


def eject(tools: InfraTools, folder: Path, *, force: bool) -> None:
    """Write the environment out as plain Terraform; see ``infra/eject.py``.

    Raises:
        Refused: something lies in the folder, and ``force`` is not set.
    """
    write_out(tools.content(), folder, environment=tools.environment, force=force)


def _losses(tools: InfraTools, document: Mapping[str, Any]) -> tuple[Loss, ...]:
    return guard.losses(guard.suspects(document), partial(_holds, tools), teardown(document).protected)


def _holds(tools: InfraTools, suspect: Suspect) -> bool:
    """Whether something lies in it, or it has come up."""
    clients, name = tools.clients, suspect.name
    looks: Mapping[str, Callable[[], bool]] = {
        guard.BUCKET: lambda: tools.s3.holds_anything(name),
        guard.REPOSITORY: lambda: clients.registries.has_images(name),
        guard.POOL: lambda: clients.user_pools.has_users(suspect.identifier),
        guard.GROUP: lambda: clients.user_pools.has_members(suspect.identifier, name),
        guard.ECS_CLUSTER: lambda: any(clients.tasks.running(name).values()),
        guard.CLUSTER: lambda: clients.databases.cluster_is_up(name),
        guard.INSTANCE: lambda: clients.databases.instance_is_up(suspect.identifier),
    }
    return looks[suspect.resource_type]()
