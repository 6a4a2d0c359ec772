# A VPC in two zones with three kinds of subnets:
#   public    load balancer and NAT gateways; a route to the internet
#   private   tasks; out through NAT, nothing comes in
#   isolated  databases; no route out of the VPC at all

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
