"""What ``tagship infra`` does, told as prose: one function per command. Taking all away: ``destruction.py``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tagship.base.errors import Refused
from tagship.infra import guard, service_roles
from tagship.infra.bucket import read_infrastructure
from tagship.infra.diagnostics import DestructionPrevented
from tagship.infra.eject import eject as write_out
from tagship.infra.guard import BUCKET, Loss, Suspect
from tagship.infra.outputs import Infrastructure
from tagship.infra.plan import Plan
from tagship.infra.standing import standing
from tagship.infra.terraform import Terraform
from tagship.infra.tools import InfraTools


@dataclass(frozen=True)
class Applied:
    """What ``apply`` did: how long it took, and what stands now."""

    seconds: float
    infrastructure: Infrastructure


def plan(tools: InfraTools, allowed: Sequence[str] = ()) -> Plan:
    """What ``apply`` would change. Makes the environment's bucket where there is none: the state lies in it.

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
    tools.stage("plan", "Comparing what is with what should be")
    try:
        found = terraform.plan()
    except DestructionPrevented:
        # Terraform ends here, and says neither what would be lost nor why: so it plans once more, unprevented.
        # What comes of it is looked at, and applied only where each loss was allowed.
        tools.workspace.lift()
        found = terraform.plan()
    return with_losses(tools, terraform, found)


def with_losses(tools: InfraTools, terraform: Terraform, found: Plan) -> Plan:
    """The saved plan, with what nobody could bring back."""
    return replace(found, losses=_losses(tools, terraform)) if found.takes_away else found


def refuse(tools: InfraTools, intended: Plan, allowed: Sequence[str]) -> None:
    """End here where the plan destroys what nobody can bring back, and that was not allowed by name.

    Raises:
        Refused: it does. The saved plan is gone, so that nobody applies it by hand.
    """
    try:
        guard.refuse(intended.losses, allowed=allowed, environment=tools.environment)
    except Refused:
        tools.workspace.forget_plan()
        raise


def apply(tools: InfraTools, intended: Plan, allowed: Sequence[str] = ()) -> Applied:
    """Do exactly what ``plan`` has just answered; nothing where it was empty.

    Raises:
        Refused: it destroys what nobody can bring back; see ``refuse``.
        StateLocked: another run holds the state.
        ProgramFailed: some resource could not be made; what was made is kept, and the next ``apply`` goes on.
    """
    refuse(tools, intended, allowed)
    started = tools.clock.monotonic()
    if intended.changes:
        if made := service_roles.ensure(tools.doors.roles, tools.manifest):
            tools.stage("roles", f"Made what this account lacked, the service-linked roles of {', '.join(made)}")
        tools.stage("apply", "Applying")
        tools.terraform().apply()
    return Applied(tools.clock.monotonic() - started, output(tools))


def output(tools: InfraTools) -> Infrastructure:
    """What stands, with one GET and no Terraform.

    Raises:
        NotReady: nothing was applied yet.
    """
    return read_infrastructure(tools.s3, tools.bucket, environment=tools.environment)


def unlock(tools: InfraTools, lock: str) -> None:
    """Take away the lock of a run that is gone for good; ``lock`` is the id that the error named."""
    tools.ready().unlock(lock)


def eject(tools: InfraTools, folder: Path, *, force: bool) -> None:
    """Write the environment out as plain Terraform; see ``infra/eject.py``.

    Raises:
        Refused: something lies in the folder, and ``force`` is not set.
    """
    write_out(tools.content(), folder, environment=tools.environment, force=force)


def _losses(tools: InfraTools, terraform: Terraform) -> tuple[Loss, ...]:
    document = terraform.show()

    def holds(suspect: Suspect) -> bool:
        if suspect.resource_type == BUCKET:
            return tools.s3.holds_anything(suspect.name)
        return tools.doors.registries.has_images(suspect.name)

    return guard.losses(guard.suspects(document), holds, standing(document).protected)
