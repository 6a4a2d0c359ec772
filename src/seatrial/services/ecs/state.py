"""The records of ECS in memory, each change written through to the store before anything else happens."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TypeVar

from seatrial.core.state import Store
from seatrial.services.ecs.arns import Scope, last
from seatrial.services.ecs.errors import cluster_not_found, service_not_found
from seatrial.services.ecs.records import Cluster, Record, Revision, Service, ServiceDeployment, Task, TaskDefinition

R = TypeVar("R", bound=Record)
TAGS = "ecs.tags"
SETTINGS = "ecs.account-setting"
FAMILIES = "ecs.family"


class EcsState:
    """Everything ECS knows, by ARN."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.clusters = self._load(Cluster)
        self.definitions = self._load(TaskDefinition)
        self.services = self._load(Service)
        self.revisions = self._load(Revision)
        self.deployments = self._load(ServiceDeployment)
        self.tasks = self._load(Task)
        self._by_service: dict[str, dict[str, Task]] = defaultdict(dict)
        for task in self.tasks.values():
            self._index(task)
        self.tags: dict[str, dict[str, str]] = store.all(TAGS)
        self.account_settings: dict[str, str] = store.all(SETTINGS)
        self._families: dict[str, int] = store.all(FAMILIES)

    def transaction(self) -> AbstractContextManager[None]:
        """What is remembered inside is so as a whole, or not at all."""
        return self._store.transaction()

    def save(self, *records: Record) -> None:
        """Remember these: all of them or none."""
        with self._store.transaction():
            for record in records:
                self._table(record)[record.arn] = record
                self._index(record)
                self._store.put(record.kind, record.arn, record.model_dump(mode="json"))

    def forget(self, *records: Record) -> None:
        """Forget these, and their tags."""
        with self._store.transaction():
            for record in records:
                self._table(record).pop(record.arn, None)
                if isinstance(record, Task):
                    self._by_service[record.service_arn or ""].pop(record.arn, None)
                self._store.delete(record.kind, record.arn)
                self.set_tags(record.arn, {})

    def set_tags(self, arn: str, tags: dict[str, str]) -> None:
        """Replace all tags of a resource."""
        if tags:
            self.tags[arn] = tags
            self._store.put(TAGS, arn, tags)
        elif self.tags.pop(arn, None) is not None:
            self._store.delete(TAGS, arn)

    def set_account_setting(self, key: str, value: str | None) -> None:
        """Remember an account setting; with None, forget it."""
        if value is not None:
            self.account_settings[key] = value
            self._store.put(SETTINGS, key, value)
        elif self.account_settings.pop(key, None) is not None:
            self._store.delete(SETTINGS, key)

    def next_revision(self, scope: Scope, family: str) -> int:
        """The next number in a family; the counter outlives every revision (API reference, DeleteTaskDefinitions)."""
        key = scope.arn("task-definition", family)
        self._families[key] = self._families.get(key, 0) + 1
        self._store.put(FAMILIES, key, self._families[key])
        return self._families[key]

    def cluster(self, scope: Scope, reference: str | None) -> Cluster:
        """The active cluster of this name or ARN; without one, ``default``.

        Raises:
            AwsCallError: ``ClusterNotFoundException``.
        """
        found = self.clusters.get(scope.named("cluster", reference or "default"))
        if found is None or found.status == "INACTIVE":
            raise cluster_not_found()
        return found

    def service(self, scope: Scope, cluster: str | None, reference: str) -> Service:
        """The service of this name or ARN, whatever its status.

        Raises:
            AwsCallError: ``ClusterNotFoundException``, ``ServiceNotFoundException``.
        """
        arn = self.cluster(scope, cluster).arn.replace(":cluster/", ":service/") + "/" + last(reference)
        found = self.services.get(reference if reference.count("/") == 2 else arn)  # noqa: PLR2004 - service/CLUSTER/NAME
        if found is None:
            raise service_not_found()
        return found

    def tasks_of(self, service: Service) -> list[Task]:
        """The tasks of a service, the stopped ones too."""
        # Every look at a service asks this, and stopped tasks stay for an hour.
        return list(self._by_service[service.arn].values())

    def active_services(self, cluster: Cluster) -> list[Service]:
        """The services of a cluster that are not gone."""
        return [
            service
            for service in self.services.values()
            if service.cluster_arn == cluster.arn and service.status != "INACTIVE"
        ]

    def cluster_tasks(self, cluster: Cluster) -> Iterable[Task]:
        """The tasks of a cluster, the stopped ones too."""
        return (task for task in self.tasks.values() if task.cluster_arn == cluster.arn)

    def _index(self, record: Record) -> None:
        if isinstance(record, Task) and record.service_arn:
            self._by_service[record.service_arn][record.arn] = record

    def _load(self, record: type[R]) -> dict[str, R]:
        return {arn: record.model_validate(value) for arn, value in self._store.all(record.kind).items()}

    def _table(self, record: R) -> dict[str, R]:
        tables: dict[str, dict[str, R]] = {
            Cluster.kind: self.clusters,  # type: ignore[dict-item]
            TaskDefinition.kind: self.definitions,  # type: ignore[dict-item]
            Service.kind: self.services,  # type: ignore[dict-item]
            Revision.kind: self.revisions,  # type: ignore[dict-item]
            ServiceDeployment.kind: self.deployments,  # type: ignore[dict-item]
            Task.kind: self.tasks,  # type: ignore[dict-item]
        }
        return tables[record.kind]
