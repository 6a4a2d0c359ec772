"""What brings a version back, decided from how every service is: each step with its reason. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tagship.manifest.model import EnvironmentManifest
from tagship.release.health import Health, State
from tagship.release.planning.observe import ServiceObservation, SiteObservation
from tagship.release.planning.plan import lacks_lower_bound, moved_port
from tagship.release.planning.steps import (
    PublishSite,
    SetHealthPath,
    SetMinCapacity,
    Step,
    UpdateService,
    WatchRollouts,
)
from tagship.release.records.record import ReleaseRecord, ServiceRecord


@dataclass(frozen=True)
class ReasonedStep:
    """A step, and why it is taken."""

    step: Step
    why: str


@dataclass(frozen=True)
class Patient:
    """What a recovery knows of one service.

    Args:
        health: how it is.
        seen: what ECS has.
        kept: what the last live release gave it.
        port: the port of the container in that revision; 0 where it names none.
        asked: the path that its target group asks for; empty where AWS does not tell.
        answers: the path that the version's own manifest names; empty where that is not known.
    """

    health: Health
    seen: ServiceObservation
    kept: ServiceRecord
    port: int = 0
    asked: str = ""
    answers: str = ""


def stages(
    target: ReleaseRecord,
    patients: Mapping[str, Patient],
    manifest: EnvironmentManifest,
    site: SiteObservation | None,
) -> Iterator[tuple[ReasonedStep, ...]]:
    """Health paths, updates of all services at once, their rollouts, the site, and scaling's lower bounds.

    Args:
        target: the release that comes back.
        patients: how every service is.
        manifest: the manifest of the environment, as it is now.
        site: the front end as it is; None where it is left alone.
    """
    ill = {name: each for name, each in patients.items() if _moves(each)}
    if all(each.health.well for each in patients.values()):
        return
    yield tuple(_path(name, each, target) for name, each in ill.items() if _asks_for_another(each))
    yield tuple(_update(name, each, target, manifest) for name, each in ill.items())
    if ill:
        yield (
            ReasonedStep(
                WatchRollouts(tuple(ill)),
                "the recovery is complete only when every task is healthy in the load balancer",
            ),
        )
    if site and target.site and target.site.build and target.site.build != site.live:
        yield (ReasonedStep(PublishSite(target.site.build), f"visitors must get the pages of {target.version}"),)
    yield tuple(_bounds(ill, manifest))


def _moves(patient: Patient) -> bool:
    """Whether it gets new tasks: it is down or degraded, or has another version than the one that comes back."""
    return patient.health.state is not State.OFF and (
        not patient.health.well or patient.seen.revision != patient.kept.revision
    )


def _asks_for_another(patient: Patient) -> bool:
    return bool(patient.answers and patient.asked and patient.answers != patient.asked) and not patient.health.well


def _path(name: str, patient: Patient, target: ReleaseRecord) -> ReasonedStep:
    why = (
        f"the load balancer checks `{patient.asked}`, but in the tagship.yaml of {target.version} the health path "
        f"of `{name}` is `{patient.answers}`: its tasks cannot become healthy"
    )
    return ReasonedStep(SetHealthPath(name, patient.answers, patient.asked), why)


def _update(name: str, patient: Patient, target: ReleaseRecord, manifest: EnvironmentManifest) -> ReasonedStep:
    seen, service = patient.seen, manifest.services.get(name)
    desired = service.count.desired if service and seen.desired == 0 else None
    port = moved_port(seen, patient.port)
    step = UpdateService(name, patient.kept.revision, desired, port, patient.kept.content, again=True)
    reasons = [f"{patient.health.says}"]
    if seen.revision != patient.kept.revision:
        reasons.append(f"it has `{seen.revision.rpartition('/')[2]}`, which is not {target.version}")
    if seen.rolling:
        reasons.append("its deployment is still in progress, and will be replaced")
    if port:
        reasons.append(f"the load balancer sends to port {seen.port}, and {target.version} listens on {port}")
    return ReasonedStep(step, "; ".join(reasons))


def _bounds(ill: Mapping[str, Patient], manifest: EnvironmentManifest) -> Iterator[ReasonedStep]:
    for name, patient in ill.items():
        service = manifest.services.get(name)
        if service and lacks_lower_bound(service, patient.seen.bounds, starting=patient.seen.desired == 0):
            yield ReasonedStep(SetMinCapacity(name, service.count.min), "auto scaling could stop the last task again")


def notes(patients: Mapping[str, Patient], steps: tuple[tuple[ReasonedStep, ...], ...]) -> Iterator[str]:
    """What a person has to know besides the steps: what Terraform will want, and what may keep a service down."""
    for step in (each.step for stage in steps for each in stage):
        if isinstance(step, SetHealthPath):
            yield (
                f"Terraform owns the health check path of `{step.service}`. If "
                f"`services.{step.service}.health.path` in tagship.yaml is not `{step.path}`, change it back before "
                "the next `tagship infra apply`."
            )
    for name, patient in patients.items():
        if patient.health.healthy == 0 and patient.asked and not patient.answers:
            yield (
                f"The load balancer checks `{name}` at `{patient.asked}`. If it does not serve that path, it stays "
                f"down: set `services.{name}.health.path` in tagship.yaml to one that it serves, then: tagship "
                "infra apply"
            )
