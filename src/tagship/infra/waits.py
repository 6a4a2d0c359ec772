"""What Terraform waits for when a resource takes long. Data, measured with provider 5.100."""

from typing import Final

_WAITS: Final = {
    ("aws_lb", "create"): "AWS to create the load balancer; the provider polls first after 30 s, and twice",
    ("aws_lb", "update"): "the load balancer to be active again; the provider polls first after 30 s",
    ("aws_vpc", "create"): "the VPC; the provider polls first after 10 s",
    ("aws_vpc", "delete"): "AWS to delete the network interfaces in the VPC",
    ("aws_subnet", "delete"): "AWS to delete the network interfaces in the subnet",
    ("aws_security_group", "delete"): "AWS to delete the network interfaces that use the security group",
    ("aws_internet_gateway", "delete"): "the VPC's public addresses to be released",
    ("aws_nat_gateway", "create"): "AWS to create the NAT gateway, one to two minutes",
    ("aws_nat_gateway", "delete"): "AWS to delete the NAT gateway, about a minute",
    ("aws_ecs_cluster", "create"): "the cluster; the provider polls first after 10 s",
    ("aws_ecs_cluster_capacity_providers", "create"): "the cluster; the provider polls first after 10 s",
    ("aws_ecs_cluster_capacity_providers", "delete"): "the cluster; the provider polls first after 10 s",
    ("aws_cloudfront_distribution", "update"): "CloudFront to deploy the change to its edge locations",
    ("aws_cloudfront_distribution", "delete"): "CloudFront to remove the distribution from its edge locations, minutes",
    ("aws_s3_bucket_lifecycle_configuration", "create"): "S3 to return the same rules ten times; polled every 5 s",
    ("aws_rds_cluster", "create"): "AWS to create the database cluster; the provider polls first after 30 s",
    ("aws_rds_cluster_instance", "create"): "AWS to create the database instance; the provider polls first after 30 s",
    ("aws_ecs_service", "delete"): "the service's tasks to finish their requests and stop",
}


def waiting_for(resource_type: str, action: str) -> str:
    """What is waited for, in words; empty where nothing is known."""
    return _WAITS.get((resource_type, action), "")
