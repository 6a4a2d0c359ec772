# One environment of one app, from one variable.

data "aws_caller_identity" "current" {}

data "aws_availability_zones" "available" {
  state = "available"

  # Regular zones only: Local Zones and Wavelength Zones have to be opted in to.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

module "network" {
  source = "../modules/network"

  name  = var.manifest.names.prefix
  cidr  = var.manifest.network.cidr
  nat   = var.manifest.network.nat
  zones = coalesce(var.manifest.network.zones, slice(sort(data.aws_availability_zones.available.names), 0, 2))
}

module "cluster" {
  source = "../modules/cluster"

  name               = var.manifest.names.cluster
  container_insights = var.manifest.container_insights
}

module "load_balancer" {
  source = "../modules/load_balancer"

  name                = var.manifest.names.load_balancer
  security_group_name = var.manifest.names.load_balancer_security_group
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  deletion_protection = var.manifest.deletion_protection
}

module "registry" {
  source   = "../modules/registry"
  for_each = var.manifest.services

  name         = each.value.names.repository
  keep_images  = var.manifest.keep_images
  force_delete = !var.manifest.deletion_protection
}

module "service" {
  source   = "../modules/service"
  for_each = var.manifest.services

  names              = each.value.names
  port               = each.value.port
  paths              = each.value.paths
  health             = each.value.health
  drain              = each.value.drain
  terminal           = each.value.terminal
  log_retention_days = var.manifest.log_retention_days
  cluster_arn        = module.cluster.arn
  repository         = { arn = module.registry[each.key].arn, url = module.registry[each.key].url }

  network = {
    vpc_id           = module.network.vpc_id
    subnet_ids       = module.network.tasks.subnet_ids
    assign_public_ip = module.network.tasks.assign_public_ip
  }

  load_balancer = {
    listener_arn      = module.load_balancer.listener_arn
    security_group_id = module.load_balancer.security_group_id
  }
}

module "site" {
  source = "../modules/site"
  count  = var.manifest.site == null ? 0 : 1

  name          = var.manifest.site.name
  bucket        = var.manifest.site.bucket
  single_page   = var.manifest.site.single_page
  price_class   = var.manifest.site.price_class
  force_destroy = !var.manifest.deletion_protection
  load_balancer = { dns_name = module.load_balancer.dns_name }

  # By priority, as the listener asks them; a map's values come in the order of its keys.
  service_paths = values(merge([
    for service in values(var.manifest.services) : {
      for pattern, priority in service.paths : format("%05d", priority) => pattern
    }
  ]...))
}

# What a release needs to know, where it can read it with one GET and no Terraform. It names every service,
# so it is written last and deleted first: where it stands, everything stands.
resource "aws_s3_object" "outputs" {
  bucket        = var.manifest.names.bucket
  key           = "infra/outputs.json"
  content       = jsonencode(local.outputs)
  content_type  = "application/json"
  force_destroy = true
}
