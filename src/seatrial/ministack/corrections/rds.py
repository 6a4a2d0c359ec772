"""RDS: Aurora clusters and their instances."""

from typing import Any
from xml.etree.ElementTree import Element

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.core.wire.protocols.codec import Codec
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Addition, Correction, operation
from seatrial.ministack.corrections.notes import Notes

_CLUSTERS = ("CreateDBCluster", "ModifyDBCluster", "DeleteDBCluster", "DescribeDBClusters")
_INSTANCES = ("CreateDBInstance", "ModifyDBInstance", "DeleteDBInstance", "DescribeDBInstances")
_ADDRESS = ("Endpoint", "ReaderEndpoint", "Port")
_OBSERVED = {
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "DatabaseInsightsMode": "DatabaseInsightsMode",
}
"""How a cluster is observed: the parameter, and the member of the answer."""

_NO_UPGRADE = (
    "Cannot upgrade aurora-postgresql from {there} to {wanted}: the embedded AWS upgrades no data, and has left it as "
    "it is. To go on with it, ask for {there} again. To have {wanted}, save what you need with pg_dump, destroy this "
    "environment, make it anew and load it there."
)


def clusters_as_asked(store: Store) -> Correction:
    """A cluster returns its monitoring, and after how many seconds without connections a serverless one pauses.

    AWS: ``EnabledCloudwatchLogsExports`` is what ``EnableCloudwatchLogsExports`` asked for and
    ``CloudwatchLogsExportConfiguration`` changed; enhanced monitoring, Performance Insights and
    ``DatabaseInsightsMode`` are as asked of the cluster; ``SecondsUntilAutoPause`` is part of
    ``ServerlessV2ScalingConfiguration`` (RDS API reference, ``DBCluster``). MiniStack drops all of them.
    """
    notes = Notes(store, "corrections.db-cluster")

    def show(request: AwsRequest, document: Element) -> None:
        form = forms.read(request)
        for identifier, cluster in _elements(document, "DBCluster"):
            _note(notes, request, identifier, _cluster_asked(notes.get(request, identifier) or {}, form, request))
            noted = notes.get(request, identifier) or {}
            _put_exports(cluster, noted.get("exports", []))
            xml.put_all(cluster, noted.get("observed", {}))
            scaling = cluster.find("ServerlessV2ScalingConfiguration")
            if scaling is not None and noted.get("pause"):
                xml.put(scaling, "SecondsUntilAutoPause", noted["pause"])

    return Correction(operation("rds", *_CLUSTERS), xml.in_xml(show))


def major_version_of_data(store: Store) -> Correction:
    """A cluster that has data keeps its major version: another one is refused, and the data stays as it is.

    AWS: ``AllowMajorVersionUpgrade`` upgrades the data in place (Aurora user guide, "Performing a major version
    upgrade"); an upgrade that is not possible is ``InvalidParameterCombination``. MiniStack writes down the number and
    nothing else: at the next start PostgreSQL of the new version refuses the files of the old one (PostgreSQL,
    "Upgrading a PostgreSQL Cluster"), and the database is away until the number of before is back.
    """
    notes = Notes(store, "corrections.db-major-version")

    def note(request: AwsRequest, document: Element) -> None:
        for identifier, cluster in _elements(document, "DBCluster"):
            noted = notes.get(request, identifier) or {}
            # Its data outlives its instances.
            held = noted.get("held", False) or cluster.find(".//DBClusterMember") is not None
            _note(notes, request, identifier, {"version": xml.text(cluster, "EngineVersion"), "held": held})
        for _, instance in _elements(document, "DBInstance"):
            name = xml.text(instance, "DBClusterIdentifier")
            if notes.get(request, name):
                notes.add(request, name, {"held": True})

    def refuse(request: AwsRequest) -> AwsRequest:
        form = forms.flat(request)
        noted = notes.get(request, form.get("DBClusterIdentifier", "")) or {}
        there, wanted = noted.get("version", ""), form.get("EngineVersion", "")
        if request.operation == "ModifyDBCluster" and wanted and noted.get("held") and _major(there) != _major(wanted):
            raise AwsCallError("InvalidParameterCombination", _NO_UPGRADE.format(there=there, wanted=wanted))
        return request

    return Correction(operation("rds", *_CLUSTERS, "CreateDBInstance"), xml.in_xml(note), refuse)


def addresses_that_stay(store: Store) -> Correction:
    """A cluster's endpoints are those that it got when it was made.

    AWS: writer and reader endpoint and the port are given at creation and stay, whichever instance is behind them
    (Aurora user guide, "Aurora endpoint connections"). MiniStack answers the address of its container as soon as
    there is one, and whatever was made from the endpoint, such as a secret, would change in the second plan. Where
    the database is really reached is noted as ``corrections.db-address``.
    """
    notes = Notes(store, "corrections.db-endpoints")
    reached = Notes(store, "corrections.db-address")

    def keep(request: AwsRequest, document: Element) -> None:
        for identifier, cluster in _elements(document, "DBCluster"):
            answered = {name: xml.text(cluster, name) for name in _ADDRESS}
            if request.operation == "CreateDBCluster":
                notes.put(request, identifier, answered)
            noted = notes.get(request, identifier)
            if noted and noted != answered:
                _note(reached, request, identifier, answered)
                xml.put_all(cluster, noted)
            if request.operation == "DeleteDBCluster":
                notes.forget(request, identifier)
                reached.forget(request, identifier)

    return Correction(operation("rds", *_CLUSTERS), xml.in_xml(keep))


def addresses_of_members(store: Store) -> Correction:
    """An instance of a cluster has an endpoint of its own, on the cluster's port.

    AWS: each instance of a cluster has an instance endpoint, under the instance's name and the identifier that the
    cluster's endpoints have, too (Aurora user guide, "Instance endpoints for Amazon Aurora"). MiniStack answers
    ``localhost`` and the port of its container, which nothing but this machine reaches.
    """
    notes = Notes(store, "corrections.db-endpoints")

    def show(request: AwsRequest, document: Element) -> None:
        for identifier, instance in _elements(document, "DBInstance"):
            endpoint = instance.find("Endpoint")
            noted = notes.get(request, xml.text(instance, "DBClusterIdentifier"))
            if endpoint is not None and noted:
                xml.put(endpoint, "Address", f"{identifier}.{noted['Endpoint'].partition('.cluster-')[2]}")
                xml.put(endpoint, "Port", noted["Port"])

    return Correction(operation("rds", *_INSTANCES), xml.in_xml(show))


def last_snapshot_of_a_cluster(context: ServiceContext) -> Addition:
    """A cluster that is deleted with ``FinalDBSnapshotIdentifier`` leaves a snapshot of that name.

    AWS: the snapshot is made before the cluster goes (RDS API reference, ``DeleteDBCluster``), and where it cannot be
    made, nothing is deleted. MiniStack deletes the cluster and makes none.
    """
    codec = Codec("rds")

    async def answer(request: AwsRequest) -> AwsResponse:
        asked = codec.read(request)
        cluster = {"DBClusterIdentifier": asked["DBClusterIdentifier"]}
        snapshot = {"DBClusterSnapshotIdentifier": asked["FinalDBSnapshotIdentifier"]}

        async def call(operation: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's parameters
            return await context.aws.call("rds", operation, region=request.region or None, **params)

        try:
            await call("CreateDBClusterSnapshot", **snapshot, **cluster)
            try:
                deleted = await call("DeleteDBCluster", **cluster, SkipFinalSnapshot=True)
            except AwsCallError:
                await call("DeleteDBClusterSnapshot", **snapshot)
                raise
        except AwsCallError as error:
            return codec.error(request, error.code, error.message, error.status)
        return codec.answer(request, deleted)

    return Addition(_wants_a_last_snapshot, answer)


def _wants_a_last_snapshot(request: AwsRequest) -> bool:
    if request.service != "rds" or request.operation != "DeleteDBCluster":
        return False
    form = forms.flat(request)
    return "FinalDBSnapshotIdentifier" in form and form.get("SkipFinalSnapshot", "false").lower() != "true"


def instances_as_asked(store: Store) -> Correction:
    """An instance returns the key of its Performance Insights and the logs that it exports.

    AWS: ``PerformanceInsightsKMSKeyId`` and ``EnabledCloudwatchLogsExports`` (RDS API reference, ``DBInstance``).
    MiniStack drops both.
    """
    notes = Notes(store, "corrections.db-instance")

    def show(request: AwsRequest, document: Element) -> None:
        form = forms.read(request)
        for identifier, instance in _elements(document, "DBInstance"):
            noted = notes.get(request, identifier) or {}
            asked = {**noted, **_exports(noted, form, request)}
            if key := form.get("PerformanceInsightsKMSKeyId"):
                asked["key"] = key
            _note(notes, request, identifier, asked)
            _put_exports(instance, asked.get("exports", []))
            if "key" in asked and xml.text(instance, "PerformanceInsightsEnabled") == "true":
                xml.put(instance, "PerformanceInsightsKMSKeyId", asked["key"])

    return Correction(operation("rds", *_INSTANCES), xml.in_xml(show))


def _elements(document: Element, kind: str) -> list[tuple[str, Element]]:
    return [(xml.text(element, f"{kind}Identifier"), element) for element in document.iter(kind)]


def _major(version: str) -> str:
    return version.partition(".")[0]


def _note(notes: Notes, request: AwsRequest, identifier: str, noted: dict[str, Any]) -> None:
    if request.operation.startswith("Delete"):
        notes.forget(request, identifier)
    elif noted != (notes.get(request, identifier) or {}):
        notes.put(request, identifier, noted)


def _cluster_asked(noted: dict[str, Any], form: dict[str, Any], request: AwsRequest) -> dict[str, Any]:
    pause = forms.part(form, "ServerlessV2ScalingConfiguration", "SecondsUntilAutoPause")
    observed = {member: form[asked] for asked, member in _OBSERVED.items() if asked in form}
    return {
        **noted,
        **_exports(noted, form, request),
        **({"pause": pause} if pause else {}),
        "observed": {**noted.get("observed", {}), **observed},
    }


def _exports(noted: dict[str, Any], form: dict[str, Any], request: AwsRequest) -> dict[str, Any]:
    if request.operation.startswith("Create"):
        return {"exports": forms.strings(form.get("EnableCloudwatchLogsExports"))}
    disabled = forms.strings(forms.part(form, "CloudwatchLogsExportConfiguration", "DisableLogTypes"))
    enabled = forms.strings(forms.part(form, "CloudwatchLogsExportConfiguration", "EnableLogTypes"))
    if not enabled and not disabled:
        return {}
    kept = [each for each in noted.get("exports", []) if each not in disabled]
    return {"exports": list(dict.fromkeys([*kept, *enabled]))}


def _put_exports(element: Element, exports: list[str]) -> None:
    xml.put(element, "EnabledCloudwatchLogsExports", exports, "member")
