"""Clusters."""

from collections.abc import Iterable

from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.errors import client_error, invalid
from seatrial.services.ecs.operations.call import Call, Handler, missing, page
from seatrial.services.ecs.records import Cluster, Json
from seatrial.services.ecs.shapes import describe_cluster, tag_list
from seatrial.services.ecs.state import EcsState

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
DEFAULT_SETTINGS = [{"name": "containerInsights", "value": "disabled"}]


class ClusterOperations:
    """What can be done with clusters."""

    def __init__(self, state: EcsState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "CreateCluster": self.create,
            "DescribeClusters": self.describe,
            "ListClusters": self.list,
            "DeleteCluster": self.delete,
            "UpdateCluster": self.update,
            "UpdateClusterSettings": self.update,
            "PutClusterCapacityProviders": self.put_capacity_providers,
        }

    def create(self, call: Call) -> Json:
        """Make a cluster; one that is there already is answered as it is."""
        name = call.get("clusterName") or "default"
        existing = self._state.clusters.get(call.scope.arn("cluster", name))
        if existing and existing.status == "ACTIVE":
            return {"cluster": self._described(existing, ["SETTINGS", "CONFIGURATIONS", "TAGS"])}
        providers = call.get("capacityProviders", [])
        _check_providers(providers)
        cluster = Cluster(
            arn=call.scope.arn("cluster", name),
            name=name,
            settings=call.get("settings") or DEFAULT_SETTINGS,
            configuration=call.get("configuration"),
            capacity_providers=providers,
            default_strategy=call.get("defaultCapacityProviderStrategy", []),
            service_connect_defaults=call.get("serviceConnectDefaults"),
        )
        self._state.save(cluster)
        self._state.set_tags(cluster.arn, call.tags())
        return {"cluster": self._described(cluster, ["SETTINGS", "CONFIGURATIONS", "TAGS"])}

    def describe(self, call: Call) -> Json:
        """Describe clusters; those that are not there are failures."""
        wanted = [call.scope.named("cluster", name) for name in call.get("clusters") or ["default"]]
        found = [self._state.clusters[arn] for arn in wanted if arn in self._state.clusters]
        return {
            "clusters": [self._described(cluster, call.get("include", ())) for cluster in found],
            "failures": [missing(arn) for arn in wanted if arn not in self._state.clusters],
        }

    def list(self, call: Call) -> Json:
        """The active clusters of the region."""
        prefix = call.scope.arn("cluster", "")
        arns = [arn for arn, item in self._state.clusters.items() if item.status == "ACTIVE" and arn.startswith(prefix)]
        return page(arns, call, default=100, name="clusterArns")

    def delete(self, call: Call) -> Json:
        """Delete a cluster without services and tasks; it can be described for a while, as INACTIVE.

        One that is INACTIVE is answered as it is (https://github.com/aws/aws-cli/issues/2078): a call that is sent
        again, because its answer was lost, succeeds.
        """
        gone = self._state.clusters.get(call.scope.named("cluster", call["cluster"]))
        if gone and gone.status == "INACTIVE":
            return {"cluster": self._described(gone, ())}
        cluster = self._state.cluster(call.scope, call["cluster"])
        if self._state.active_services(cluster):
            message = "The Cluster cannot be deleted while Services are active."
            raise AwsCallError("ClusterContainsServicesException", message)
        if any(not task.gone for task in self._state.cluster_tasks(cluster)):
            raise AwsCallError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        cluster.status = "INACTIVE"
        self._state.save(cluster)
        self._state.set_tags(cluster.arn, {})
        return {"cluster": self._described(cluster, ())}

    def update(self, call: Call) -> Json:
        """Change settings, configuration or Service Connect defaults."""
        cluster = self._state.cluster(call.scope, call["cluster"])
        changed = {setting["name"]: setting for setting in (*cluster.settings, *call.get("settings", ()))}
        cluster.settings = list(changed.values())
        cluster.configuration = call.get("configuration", cluster.configuration)
        cluster.service_connect_defaults = call.get("serviceConnectDefaults", cluster.service_connect_defaults)
        self._state.save(cluster)
        return {"cluster": self._described(cluster, ["SETTINGS", "CONFIGURATIONS"])}

    def put_capacity_providers(self, call: Call) -> Json:
        """Replace a cluster's capacity providers and its default strategy."""
        cluster = self._state.cluster(call.scope, call["cluster"])
        _check_providers(call["capacityProviders"])
        for item in call["defaultCapacityProviderStrategy"]:
            if item["capacityProvider"] not in call["capacityProviders"]:
                raise invalid(
                    "The specified capacity provider strategy cannot contain a capacity provider that is not "
                    "associated with the cluster. Associate the capacity provider with the cluster and try again."
                )
        cluster.capacity_providers = call["capacityProviders"]
        cluster.default_strategy = [
            {"weight": 0, "base": 0, **item} for item in call["defaultCapacityProviderStrategy"]
        ]
        self._state.save(cluster)
        return {"cluster": self._described(cluster, ["SETTINGS"])}

    def _described(self, cluster: Cluster, include: Iterable[str]) -> Json:
        services = sum(service.status == "ACTIVE" for service in self._state.active_services(cluster))
        described = describe_cluster(cluster, self._state.cluster_tasks(cluster), services)
        hidden = {"SETTINGS": "settings", "CONFIGURATIONS": "configuration", "STATISTICS": "statistics"}
        for field, name in hidden.items():
            if field not in include and name in described:
                del described[name]
        if "SETTINGS" not in include:
            described["settings"] = []
        described["tags"] = tag_list(self._state.tags.get(cluster.arn)) if "TAGS" in include else []
        if "ATTACHMENTS" in include:
            described |= {"attachments": [], "attachmentsStatus": "UPDATE_COMPLETE"}
        return described


def _check_providers(providers: Iterable[str]) -> None:
    unknown = [name for name in providers if name not in FARGATE_PROVIDERS]
    if unknown:
        raise client_error(f"The specified capacity provider {unknown[0]} was not found.")
