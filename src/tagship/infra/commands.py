"""What ``tagship infra`` does, told as prose: one function per command."""

from dataclasses import dataclass

from tagship.infra.bucket import read_infrastructure
from tagship.infra.outputs import Infrastructure
from tagship.infra.plan import Plan
from tagship.infra.tools import InfraTools


@dataclass(frozen=True)
class Applied:
    """What ``apply`` did: how long it took, and what stands now."""

    seconds: float
    infrastructure: Infrastructure


def plan(tools: InfraTools) -> Plan:
    """What ``apply`` would change. Makes the environment's bucket where there is none: the state lies in it.

    Raises:
        ProgramMissing: no Terraform, or too old.
        NotReady: the modules refuse a value of the manifest.
        StateLocked: another run holds the state.
        ProgramFailed: Terraform failed; its own words are quoted.
    """
    terraform = tools.ready()
    tools.stage("plan", "Comparing what is with what should be")
    return terraform.plan()


def apply(tools: InfraTools, intended: Plan) -> Applied:
    """Do exactly what ``plan`` has just answered; nothing where it was empty.

    Raises:
        StateLocked: another run holds the state.
        ProgramFailed: some resource could not be made; what was made is kept, and the next ``apply`` goes on.
    """
    started = tools.clock.monotonic()
    if intended.changes:
        tools.stage("apply", "Applying")
        tools.terraform().apply()
    return Applied(tools.clock.monotonic() - started, output(tools))


def output(tools: InfraTools) -> Infrastructure:
    """What stands, with one GET and no Terraform.

    Raises:
        NotReady: nothing was applied yet.
    """
    return read_infrastructure(tools.s3, tools.bucket, environment=tools.environment)


def plan_destroy(tools: InfraTools) -> Plan:
    """What ``destroy`` would take away; the empty plan where nothing stands."""
    if not tools.s3.bucket_exists(tools.bucket):
        return Plan()
    terraform = tools.ready()
    tools.stage("plan", "Looking at what there is to destroy")
    return terraform.plan(destroy=True)


def destroy(tools: InfraTools, intended: Plan) -> float:
    """Take away exactly what ``plan_destroy`` has just answered, then what Terraform did not make; returns seconds.

    Releases have registered revisions and written records: those go last, with the bucket and Terraform's state.
    """
    started = tools.clock.monotonic()
    if intended.changes:
        tools.stage("destroy", "Destroying")
        tools.terraform().apply(doing="destroy")
    tools.stage("clean-up", "Deleting task-definition revisions, release records and the bucket")
    for service in tools.manifest.services:
        tools.task_definitions.delete_family(tools.names.task_family(service))
    tools.s3.delete_bucket(tools.bucket)
    tools.workspace.remove()
    return tools.clock.monotonic() - started


def unlock(tools: InfraTools, lock: str) -> None:
    """Take away the lock of a run that is gone for good; ``lock`` is the id that the error named."""
    tools.ready().unlock(lock)
