module "network" {
  source = "../modules/network"

  name                          = var.manifest.names.prefix
  cidr                          = var.manifest.network.cidr
  nat                           = var.manifest.network.nat
  zones                         = coalesce(var.manifest.network.zones, slice(sort(data.aws_availability_zones.available.names), 0, 2))
  endpoints                     = var.manifest.network.endpoints
  endpoints_security_group_name = var.manifest.names.network.endpoints_security_group

  flow_logs = !var.manifest.network.flow_logs ? null : {
    log_group = var.manifest.names.network.flow_log_group
    role      = var.manifest.names.network.flow_log_role
    days      = var.manifest.log_retention_days
  }
}

module "cluster" {
  source = "../modules/cluster"

  name               = var.manifest.names.cluster
  container_insights = var.manifest.container_insights
}

module "registry" {
  source   = "../modules/registry"
  for_each = var.manifest.services

  name         = each.value.names.repository
  keep_images  = var.manifest.keep_images
  force_delete = !var.manifest.deletion_protection
}

module "load_balancer" {
  source = "../modules/load_balancer"

  name                = var.manifest.names.load_balancer
  security_group_name = var.manifest.names.load_balancer_security_group
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.private_subnet_ids
  deletion_protection = var.manifest.deletion_protection
  domain              = local.domain
  sign_in             = local.signs_in
  access_logs         = local.has_logs ? { bucket = module.traffic[0].logs.bucket, prefix = module.traffic[0].prefixes.load_balancer } : null
}
