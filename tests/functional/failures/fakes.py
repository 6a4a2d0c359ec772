"""What can go wrong at AWS and not on one machine: told by fakes, in ECS's own words."""

import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tagship.aws.ecs_shapes import ServiceChange, ServiceDeployment
from tagship.aws.fakes import BREAKER
from tagship.base.errors import AwsUnreachable, NotReady
from tagship.base.fakes import Call
from tagship.image.builder import BuildRequest
from tagship.infra.outputs import SiteInfrastructure
from tagship.release.run import Outcome
from tests.unit.release.harness import MANIFEST, Shop, asking, dead_task, environment_manifest

_RESOURCE: Final = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
_USER: Final = "User: arn:aws:sts::111122223333:assumed-role/execution/1 is not authorized to perform: "
_SECRET: Final = (
    f"{_RESOURCE}failed: unable to retrieve secret from asm: failed to fetch secret db from secrets manager: "
)
_ROUTE: Final = (
    f"{_RESOURCE}failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): "
    'RequestError: send request failed caused by: Post "https://api.ecr.eu-central-1.amazonaws.com/": dial tcp '
    "3.66.1.1:443: i/o timeout"
)


@dataclass(frozen=True)
class FakeCase:
    """A failure that fakes tell of.

    Args:
        title: what goes wrong.
        plot: lets it go wrong with v1.1.0, where v1.0.0 serves.
        exit_code: of the verdict.
        verdict: in words.
        cause: that is to be named; empty for none.
        as_before: whether every service has its old revision afterwards.
    """

    title: str
    plot: Callable[[Shop], None]
    exit_code: int
    verdict: str
    cause: str = ""
    as_before: bool = True

    def act(self) -> tuple[Outcome, set[str], bool]:
        """What came of it, the causes named, and whether every service has its old revision afterwards."""
        shop = Shop()
        shop.deployer().deploy(asking("v1.0.0"))
        before = [shop.revision_of(name) for name in ("api", "worker")]
        self.plot(shop)
        outcome = shop.deployer().deploy(asking("v1.1.0"))
        services = outcome.record.services.values() if outcome.record else ()
        causes = {service.diagnosis.cause for service in services if service.diagnosis}
        return outcome, causes, [shop.revision_of(name) for name in ("api", "worker")] == before


def _tasks_say(reason: str) -> Callable[[Shop], None]:
    def plot(shop: Shop) -> None:
        shop.ecs.plots["api-v1.1.0"] = BREAKER
        task = dead_task("api", "", exit_code=None, reason=reason)
        revision = "arn:aws:ecs:eu-central-1:111122223333:task-definition/shop-local-api:3"
        shop.ecs.dead["api"] = [replace(task, task_definition=revision, stop_code="TaskFailedToStart")]
        shop.ecs.dead["api"] = [replace(each, started_by="ecs-svc/5") for each in shop.ecs.dead["api"]]

    return plot


def _alarm(shop: Shop) -> None:
    shop.ecs.plots["api-v1.1.0"] = BREAKER

    def alarmed(looking: Call, arn: str) -> ServiceDeployment:
        reason = "Service deployment rolled back because one or more alarms were triggered."
        found: ServiceDeployment = looking(arn)
        return replace(found, rollback_reason=reason)

    shop.ecs.on("service_deployment", alarmed)


def _moved(shop: Shop) -> None:
    """While the images are built, a console points the service at another revision."""
    elsewhere = shop.ecs.revision("shop-local-api:1").arn

    def interfere(build: Call, request: BuildRequest) -> object:
        shop.ecs.update_service("shop-local", "api", ServiceChange(elsewhere))
        return build(request)

    shop.builder.on("build_and_push", interfere)


def _no_page(shop: Shop) -> None:
    """A front end is new in this version, and its folder has no index.html."""
    around = Path(tempfile.mkdtemp(prefix="tagship-site-"))
    weakref.finalize(shop, shutil.rmtree, around)
    shop.sources.folder = around / "checkout"
    (shop.sources.folder / "dist").mkdir(parents=True)
    (shop.sources.folder / "dist/app.js").write_text("1", encoding="utf-8")
    shop.infrastructure = replace(shop.infrastructure, site=SiteInfrastructure(bucket="site", distribution="E1"))
    shop.manifest = environment_manifest(MANIFEST + "site: {folder: dist}\n")


def _no_answer(shop: Shop) -> None:
    def unreachable(*_: object) -> None:
        raise AwsUnreachable("no answer")

    shop.elb.on("target_health", unreachable)


def _no_engine(shop: Shop) -> None:
    def fail(*_: object) -> None:
        raise NotReady("No Docker engine answers.", hint="Start it.")

    shop.builder.on("build_and_push", fail)


def _rolled_back(title: str, reason: str, cause: str) -> FakeCase:
    return FakeCase(title, _tasks_say(reason), 11, "rolled back by ECS", cause)


FAKE_CASES: Final = (
    _rolled_back(
        "a secret may not be read",
        f"{_SECRET}AccessDeniedException: {_USER}secretsmanager:GetSecretValue on db",
        "secret-denied",
    ),
    _rolled_back(
        "a secret does not exist",
        f"{_SECRET}ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        "secret-missing",
    ),
    _rolled_back(
        "the image may not be pulled",
        f"{_RESOURCE}failed: unable to retrieve ecr registry auth: {_USER}ecr:GetAuthorizationToken on *",
        "image-pull-denied",
    ),
    _rolled_back("no route to the registry", _ROUTE, "no-route"),
    FakeCase("a deployment alarm goes off", _alarm, 11, "rolled back by ECS", "deployment-alarm"),
    FakeCase("AWS gives no answer while watching", _no_answer, 15, "timed out, still in progress", as_before=False),
    FakeCase("no Docker engine", _no_engine, 14, "failed before the update"),
    FakeCase("the front end has no index.html", _no_page, 14, "failed before the update"),
    FakeCase(
        "another process updates the service before this release does",
        _moved,
        14,
        "failed before the update",
        as_before=False,
    ),
)
