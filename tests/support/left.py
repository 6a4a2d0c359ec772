"""What of every kind that the tests let Terraform make is there."""

from typing import Any, Protocol


class Clients(Protocol):
    """Makes clients of an AWS."""

    def client(self, service: str, region: str = ..., /) -> Any:  # noqa: ANN401 - a boto3 client
        """The client of a service."""
        ...


LISTED = (
    ("acm", "list_certificates", "CertificateSummaryList"),
    ("application-autoscaling", "describe_scalable_targets", "ScalableTargets"),
    ("athena", "list_work_groups", "WorkGroups"),
    ("cloudformation", "describe_stacks", "Stacks"),
    ("cloudtrail", "list_trails", "Trails"),
    ("cloudwatch", "describe_alarms", "MetricAlarms"),
    ("cloudwatch", "list_dashboards", "DashboardEntries"),
    ("cognito-idp", "list_user_pools", "UserPools"),
    ("ec2", "describe_addresses", "Addresses"),
    ("ec2", "describe_flow_logs", "FlowLogs"),
    ("ec2", "describe_internet_gateways", "InternetGateways"),
    ("ec2", "describe_key_pairs", "KeyPairs"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces"),
    ("ec2", "describe_security_groups", "SecurityGroups"),
    ("ec2", "describe_subnets", "Subnets"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints"),
    ("ec2", "describe_vpcs", "Vpcs"),
    ("ecr", "describe_repositories", "repositories"),
    ("ecs", "list_clusters", "clusterArns"),
    ("elbv2", "describe_load_balancers", "LoadBalancers"),
    ("elbv2", "describe_target_groups", "TargetGroups"),
    ("events", "list_rules", "Rules"),
    ("firehose", "list_delivery_streams", "DeliveryStreamNames"),
    ("glue", "get_databases", "DatabaseList"),
    ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList"),
    ("iam", "list_instance_profiles", "InstanceProfiles"),
    ("lambda", "list_functions", "Functions"),
    ("logs", "describe_log_groups", "logGroups"),
    ("logs", "describe_query_definitions", "queryDefinitions"),
    ("rds", "describe_db_clusters", "DBClusters"),
    ("rds", "describe_db_instances", "DBInstances"),
    ("route53", "list_hosted_zones", "HostedZones"),
    ("s3", "list_buckets", "Buckets"),
    ("secretsmanager", "list_secrets", "SecretList"),
    ("sns", "list_topics", "Topics"),
    ("sqs", "list_queues", "QueueUrls"),
    ("ssm", "describe_parameters", "Parameters"),
)
PARAMETERS: dict[str, dict[str, Any]] = {
    "application-autoscaling": {"ServiceNamespace": "ecs"},
    "cognito-idp": {"MaxResults": 10},
}


def left(aws: Clients) -> dict[str, int]:
    """How many there are of each kind; an instance that was terminated is still described for a while, so it is not."""
    found = {
        f"{service} {key}": len(getattr(aws.client(service), operation)(**PARAMETERS.get(service, {})).get(key, ()))
        for service, operation, key in LISTED
    }
    for region, scope in (("eu-central-1", "REGIONAL"), ("us-east-1", "CLOUDFRONT")):
        waf = aws.client("wafv2", region)
        found[f"wafv2 {scope}"] = len(waf.list_web_acls(Scope=scope)["WebACLs"]) + len(
            waf.list_logging_configurations(Scope=scope)["LoggingConfigurations"]
        )
    cloudfront = aws.client("cloudfront")
    found["cloudfront"] = cloudfront.list_distributions()["DistributionList"].get("Quantity", 0)
    found["cloudfront VpcOrigins"] = cloudfront.list_vpc_origins()["VpcOriginList"]["Quantity"]
    return found
