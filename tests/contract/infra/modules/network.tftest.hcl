mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_vpc" {
    override_during = plan
    defaults        = { id = "vpc-1" }
  }

  mock_resource "aws_route_table" {
    override_during = plan
    defaults        = { id = "rtb-1" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    override_during = plan
    defaults        = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/vpc/notes-staging" }
  }
}

variables {
  name  = "notes-staging"
  cidr  = "10.20.0.0/16"
  zones = ["eu-central-1a", "eu-central-1b"]
}

run "a_single_gateway_serves_both_zones_and_each_kind_of_subnet_has_both" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["1"] && length(aws_route.private_internet) == 2
    error_message = "Both zones must go out through the one gateway."
  }

  assert {
    condition     = !output.tasks.assign_public_ip
    error_message = "Tasks must have no public address where there is NAT."
  }

  assert {
    condition     = output.cidr == "10.20.0.0/16"
    error_message = "Others must know the range."
  }

  assert {
    condition = (
      length(aws_vpc_endpoint.s3) == 0 && length(aws_vpc_endpoint.interface) == 0 && length(aws_security_group.endpoints) == 0
      && length(aws_flow_log.this) == 0 && length(aws_iam_role.flow) == 0 && length(aws_cloudwatch_log_group.flow) == 0
    )
    error_message = "Endpoints and flow logs cost money: only by choice."
  }

  assert {
    condition = length(distinct(concat(
      [for subnet in aws_subnet.public : subnet.cidr_block],
      [for subnet in aws_subnet.private : subnet.cidr_block],
      [for subnet in aws_subnet.isolated : subnet.cidr_block],
    ))) == 6
    error_message = "Six subnets need six ranges."
  }

  assert {
    condition = alltrue([
      for kind in [aws_subnet.public, aws_subnet.private, aws_subnet.isolated] :
      [for key in sort(keys(kind)) : kind[key].availability_zone] == ["eu-central-1a", "eu-central-1b"]
    ])
    error_message = "Each kind of subnet must stand in both zones."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch != true])
    error_message = "Nothing must get a public address only because of where it stands."
  }
}

run "every_endpoint_and_flow_logs" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    endpoints                     = ["s3", "ecr", "logs", "secrets"]
    endpoints_security_group_name = "notes-staging-endpoints"
    flow_logs                     = { log_group = "/vpc/notes-staging", role = "notes-staging-flow-logs", days = 30 }
  }

  assert {
    condition     = { for key, endpoint in aws_vpc_endpoint.interface : key => endpoint.service_name } == { for key in ["ecr.api", "ecr.dkr", "logs", "secretsmanager"] : key => "com.amazonaws.eu-central-1.${key}" }
    error_message = "ECR has two endpoints, the others one."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.vpc_endpoint_type == "Interface" && endpoint.private_dns_enabled])
    error_message = "The services' usual names must lead to the endpoints."
  }

  assert {
    condition     = one(aws_vpc_endpoint.s3).vpc_endpoint_type == "Gateway" && one(aws_vpc_endpoint.s3).service_name == "com.amazonaws.eu-central-1.s3"
    error_message = "S3 has a gateway endpoint, which costs nothing."
  }

  assert {
    condition = (
      one(aws_vpc_security_group_ingress_rule.endpoints).cidr_ipv4 == "10.20.0.0/16"
      && one(aws_vpc_security_group_ingress_rule.endpoints).from_port == 443 && one(aws_vpc_security_group_ingress_rule.endpoints).to_port == 443
    )
    error_message = "Only the VPC reaches the endpoints, over HTTPS."
  }

  assert {
    condition     = one(aws_flow_log.this).traffic_type == "ALL" && one(aws_flow_log.this).log_destination == one(aws_cloudwatch_log_group.flow).arn
    error_message = "What was let through and what was not goes to the log group."
  }

  assert {
    condition     = one(aws_cloudwatch_log_group.flow).retention_in_days == 30
    error_message = "Flow logs must not stay for ever."
  }

  assert {
    condition = (
      one(data.aws_iam_policy_document.flow).statement[0].actions == toset(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"])
      && one(data.aws_iam_policy_document.flow).statement[0].resources == toset(["arn:aws:logs:eu-central-1:123456789012:log-group:/vpc/notes-staging:*"])
    )
    error_message = "The role writes this one log."
  }

  assert {
    condition = { for condition in one(data.aws_iam_policy_document.flow_trust).statement[0].condition : condition.variable => condition.values } == {
      "aws:SourceAccount" = tolist(["123456789012"])
      "aws:SourceArn"     = tolist(["arn:aws:ec2:eu-central-1:123456789012:vpc-flow-log/*"])
    }
    error_message = "Only this account's flow logs may take the role."
  }
}

run "a_gateway_per_zone" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat = "per-zone"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["1", "2"] && keys(aws_eip.nat) == ["1", "2"]
    error_message = "Each zone must have its own gateway and address."
  }
}

run "without_nat_tasks_stand_in_public_subnets" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat       = "none"
    endpoints = ["s3"]
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0 && length(aws_route.private_internet) == 0
    error_message = "Nothing that costs money must be made."
  }

  assert {
    condition     = output.tasks.assign_public_ip
    error_message = "Without NAT a task needs a public address to reach the registry."
  }

  assert {
    condition     = length(aws_vpc_endpoint.s3) == 1 && length(aws_vpc_endpoint.interface) == 0 && length(aws_security_group.endpoints) == 0
    error_message = "A gateway endpoint is a route, and has no address to protect."
  }
}

run "the_smallest_network_still_holds_a_load_balancer" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "192.168.7.0/24"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : endswith(subnet.cidr_block, "/27")])
    error_message = "A load balancer wants subnets of at least /27."
  }
}

run "too_small_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "10.20.0.0/25"
  }

  expect_failures = [var.cidr]
}

run "too_large_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "10.0.0.0/8"
  }

  expect_failures = [var.cidr]
}

run "a_range_that_does_not_begin_at_its_beginning_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "10.20.3.0/16"
  }

  expect_failures = [var.cidr]
}

run "a_public_range_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "172.32.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "one_zone_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    zones = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.zones]
}

run "zones_of_two_regions_are_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    zones = ["eu-central-1a", "eu-west-1b"]
  }

  expect_failures = [var.zones]
}

run "an_endpoint_of_another_kind_and_days_that_aws_does_not_offer_are_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    endpoints = ["s3", "sqs"]
    flow_logs = { log_group = "/vpc/notes-staging", role = "notes-staging-flow-logs", days = 31 }
  }

  expect_failures = [var.endpoints, var.flow_logs]
}

run "an_endpoint_without_a_name_for_its_group_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    endpoints = ["ecr"]
  }

  expect_failures = [var.endpoints_security_group_name]
}

run "another_word_for_nat_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat = "double"
  }

  expect_failures = [var.nat]
}
