# A VPC in two zones with three kinds of subnets:
#   public    load balancer and NAT gateways; a route to the internet
#   private   tasks; out through NAT, nothing comes in
#   isolated  databases; no route to the internet at all
# and, by choice, with endpoints of AWS services inside the VPC and a log of who spoke to whom.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  # Keyed by position and not by zone name: a region whose list of zones changes must not move a subnet.
  zones = { for index, zone in var.zones : tostring(index + 1) => { name = zone, index = index } }

  # Eight equal blocks; the last two stay free.
  public_block   = 0
  private_block  = 2
  isolated_block = 4

  gateways = {
    none     = {}
    single   = { for key, zone in local.zones : key => zone if zone.index == 0 }
    per-zone = local.zones
  }[var.nat]

  # A zone's name is its region's and a letter (EC2 user guide, "Availability Zones"). The data source of the region is
  # no way to it: its attributes are others in provider 5 and in 6.
  region = regex("^[a-z]+(?:-[a-z]+)+-[0-9]+", var.zones[0])

  # ECR is asked at two names: `api` for the login, `dkr` for the image; the layers themselves come from S3.
  interface_endpoints = {
    for service, endpoint in { "ecr.api" = "ecr", "ecr.dkr" = "ecr", "logs" = "logs", "secretsmanager" = "secrets" } :
    service => endpoint if contains(var.endpoints, endpoint)
  }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# The group that AWS gives to whatever names none: without rules it lets nothing through.
resource "aws_default_security_group" "emptied" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-default-unused" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

# --- public

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 3, local.public_block + each.value.index)
  availability_zone = each.value.name

  tags = { Name = "${var.name}-public-${each.key}" }

  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "public_internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = local.zones

  subnet_id      = aws_subnet.public[each.key].id
  route_table_id = aws_route_table.public.id
}

# --- private

resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 3, local.private_block + each.value.index)
  availability_zone = each.value.name

  tags = { Name = "${var.name}-private-${each.key}" }

  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_eip" "nat" {
  for_each = local.gateways

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }

  # An address can only be used in a VPC that has an internet gateway.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = local.gateways

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_route_table" "private" {
  for_each = local.zones

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route" "private_internet" {
  for_each = var.nat == "none" ? {} : local.zones

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[var.nat == "per-zone" ? each.key : "1"].id
}

resource "aws_route_table_association" "private" {
  for_each = local.zones

  subnet_id      = aws_subnet.private[each.key].id
  route_table_id = aws_route_table.private[each.key].id
}

# --- isolated

resource "aws_subnet" "isolated" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 3, local.isolated_block + each.value.index)
  availability_zone = each.value.name

  tags = { Name = "${var.name}-isolated-${each.key}" }

  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_route_table" "isolated" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-isolated" }
}

resource "aws_route_table_association" "isolated" {
  for_each = local.zones

  subnet_id      = aws_subnet.isolated[each.key].id
  route_table_id = aws_route_table.isolated.id
}

# --- endpoints: AWS services without a way through the internet

# A gateway endpoint costs nothing and takes the layers of images, and everything else in S3, off the NAT gateway.
resource "aws_vpc_endpoint" "s3" {
  count = contains(var.endpoints, "s3") ? 1 : 0

  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = concat([for key in sort(keys(local.zones)) : aws_route_table.private[key].id], [aws_route_table.isolated.id])

  tags = { Name = "${var.name}-s3" }
}

resource "aws_security_group" "endpoints" {
  count = length(local.interface_endpoints) > 0 ? 1 : 0

  name        = var.endpoints_security_group_name
  description = "Endpoints of AWS services: inbound HTTPS from the VPC, no outbound"
  vpc_id      = aws_vpc.this.id

  tags = { Name = var.endpoints_security_group_name }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(local.interface_endpoints) > 0 ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "HTTPS from the VPC"
  cidr_ipv4         = aws_vpc.this.cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Private DNS answers in the whole VPC, so tasks in the public subnets of a network without NAT use these too.
resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for key in sort(keys(local.zones)) : aws_subnet.private[key].id]
  security_group_ids  = [aws_security_group.endpoints[0].id]

  tags = { Name = "${var.name}-${each.key}" }
}

# --- flow logs: who spoke to whom, and who was turned away

resource "aws_cloudwatch_log_group" "flow" {
  count = var.flow_logs == null ? 0 : 1

  name              = var.flow_logs.log_group
  retention_in_days = var.flow_logs.days
}

data "aws_iam_policy_document" "flow_trust" {
  count = var.flow_logs == null ? 0 : 1

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    # For flow logs of this account only (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs").
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:ec2:${local.region}:${data.aws_caller_identity.current.account_id}:vpc-flow-log/*"]
    }
  }
}

# Terraform makes the group, so the role needs not make any.
data "aws_iam_policy_document" "flow" {
  count = var.flow_logs == null ? 0 : 1

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.flow[0].arn}:*"]
  }

  # Asked for by the same page as the rest; it knows no resource.
  statement {
    sid       = "FindOwnLog"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "flow" {
  count = var.flow_logs == null ? 0 : 1

  name               = var.flow_logs.role
  description        = "VPC flow logs of ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.flow_trust[0].json
}

resource "aws_iam_role_policy" "flow" {
  count = var.flow_logs == null ? 0 : 1

  name   = "write-log"
  role   = aws_iam_role.flow[0].id
  policy = data.aws_iam_policy_document.flow[0].json
}

resource "aws_flow_log" "this" {
  count = var.flow_logs == null ? 0 : 1

  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  log_destination_type     = "cloud-watch-logs"
  log_destination          = aws_cloudwatch_log_group.flow[0].arn
  iam_role_arn             = aws_iam_role.flow[0].arn
  max_aggregation_interval = 600

  tags = { Name = var.name }

  # On the way down the flow log goes before the permission to write it.
  depends_on = [aws_iam_role_policy.flow]
}
