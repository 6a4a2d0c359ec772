"""What Terraform waits for when a resource takes long. Data, measured with provider 5.100."""

from typing import Final

_WAITS: Final = {
    ("aws_lb", "create"): "AWS to make the load balancer; the provider first looks after 30 s, and twice",
    ("aws_lb", "update"): "the load balancer to be active again; the provider first looks after 30 s",
    ("aws_vpc", "create"): "the VPC; the provider first looks after 10 s",
    ("aws_vpc", "delete"): "AWS to give back the network interfaces in the VPC",
    ("aws_subnet", "delete"): "AWS to give back the network interfaces in the subnet",
    ("aws_security_group", "delete"): "AWS to give back the network interfaces that use the group",
    ("aws_internet_gateway", "delete"): "the VPC's public addresses to be given back",
    ("aws_nat_gateway", "create"): "AWS to make the NAT gateway, one to two minutes",
    ("aws_nat_gateway", "delete"): "AWS to take down the NAT gateway, about a minute",
    ("aws_ecs_cluster", "create"): "the cluster; the provider first looks after 10 s",
    ("aws_ecs_cluster_capacity_providers", "create"): "the cluster; the provider first looks after 10 s",
    ("aws_ecs_cluster_capacity_providers", "delete"): "the cluster; the provider first looks after 10 s",
    ("aws_cloudfront_distribution", "update"): "CloudFront to bring the change to its edge locations",
    ("aws_cloudfront_distribution", "delete"): "CloudFront to take the distribution from its edge locations, minutes",
    ("aws_s3_bucket_lifecycle_configuration", "create"): "S3 to answer the same rules ten times; 5 s between two looks",
    ("aws_rds_cluster", "create"): "AWS to make the database cluster; the provider first looks after 30 s",
    ("aws_rds_cluster_instance", "create"): "AWS to make the database instance; the provider first looks after 30 s",
    ("aws_ecs_service", "delete"): "the service's tasks to finish their requests and stop",
}


def waiting_for(resource_type: str, action: str) -> str:
    """What is waited for, in words; empty where nothing is known."""
    return _WAITS.get((resource_type, action), "")
