"""EC2: VPC flow logs."""

from typing import Any
from xml.etree.ElementTree import Element

from seatrial.core.service import AwsRequest
from seatrial.core.state import Store
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correction, operation
from seatrial.ministack.corrections.notes import Notes

DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
"""What a record holds where nothing else is asked (VPC User Guide, "Flow log records")."""


def what_a_flow_log_was_made_with(store: Store) -> Correction:
    """A flow log returns its role, format, interval and file options.

    AWS: ``DescribeFlowLogs`` answers ``deliverLogsPermissionArn``, ``logFormat``, ``maxAggregationInterval`` (600
    where none is asked), ``deliverLogsStatus``, ``destinationOptions`` and, for CloudWatch Logs, ``logGroupName``
    (EC2 API reference, ``FlowLog``); its tags are specified for ``vpc-flow-log`` (``TagSpecification``). MiniStack
    drops the first, which would have Terraform replace the flow log in every plan, and looks for tags of another type.
    """
    notes = Notes(store, "corrections.flow-log")

    def describe(request: AwsRequest, document: Element) -> None:
        if request.operation == "CreateFlowLogs":
            for created in document.findall("flowLogIdSet/item"):
                notes.put(request, created.text or "", _facts(forms.read(request)))
        elif request.operation == "DeleteFlowLogs":
            notes.forget(request, *forms.strings(forms.read(request).get("FlowLogId")))
        for identifier, flow_log in xml.items(document, "flowLogId"):
            xml.put_all(flow_log, notes.get(request, identifier) or {})

    asked = ("CreateFlowLogs", "DeleteFlowLogs", "DescribeFlowLogs")
    return Correction(operation("ec2", *asked), xml.in_xml(describe), rewrite=_with_tags_of_its_type)


def _with_tags_of_its_type(request: AwsRequest) -> AwsRequest:
    if request.operation != "CreateFlowLogs":
        return request
    return forms.changed(request, lambda name, value: "flow-log" if name.endswith(".ResourceType") else value)


def _facts(form: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "logFormat": form.get("LogFormat", DEFAULT_FORMAT),
        "maxAggregationInterval": int(form.get("MaxAggregationInterval", 600)),
        "deliverLogsStatus": "SUCCESS",
    }
    if role := form.get("DeliverLogsPermissionArn"):
        facts["deliverLogsPermissionArn"] = role
    destination = form.get("LogDestination", "")
    if ":log-group:" in destination or "LogGroupName" in form:
        facts["logGroupName"] = form.get("LogGroupName") or destination.partition(":log-group:")[2].removesuffix(":*")
    if options := form.get("DestinationOptions"):
        facts["destinationOptions"] = {
            "fileFormat": options.get("FileFormat", "plain-text"),
            "hiveCompatiblePartitions": options.get("HiveCompatiblePartitions", "false"),
            "perHourPartition": options.get("PerHourPartition", "false"),
        }
    return facts
