module "site" {
  source = "../modules/site"
  count  = var.manifest.site == null ? 0 : 1

  bucket           = var.manifest.site.bucket
  distribution_arn = module.edge.distribution_arn
  force_destroy    = !var.manifest.deletion_protection
}

module "edge" {
  source    = "../modules/edge"
  providers = { aws = aws, aws.us_east_1 = aws.us_east_1 }

  names         = var.manifest.edge.names
  price_class   = var.manifest.edge.price_class
  service_paths = local.edge_patterns
  domain        = local.domain
  web_acl_arn   = var.manifest.firewall == null ? null : module.firewall[0].arn
  logs          = local.has_logs ? { bucket_arn = module.traffic[0].logs.arn, prefix = module.traffic[0].prefixes.edge } : null

  load_balancer = {
    arn      = module.load_balancer.arn
    dns_name = module.load_balancer.dns_name
    protocol = module.load_balancer.protocol
  }

  site = var.manifest.site == null ? null : { domain_name = module.site[0].domain_name, single_page = var.manifest.site.single_page }
}

module "firewall" {
  source    = "../modules/firewall"
  count     = var.manifest.firewall == null ? 0 : 1
  providers = { aws = aws.us_east_1 }

  name            = var.manifest.firewall.names.edge
  scope           = "CLOUDFRONT"
  mode            = var.manifest.firewall.mode
  rate_limit      = var.manifest.firewall.rate_limit
  countries       = var.manifest.firewall.countries
  allow_addresses = var.manifest.firewall.allow_addresses
  large_bodies    = local.large_bodies
  logs            = { destination_arn = module.traffic[0].firewall_logs_arn }
}

module "load_balancer_firewall" {
  source = "../modules/firewall"
  count  = try(var.manifest.firewall.load_balancer, false) ? 1 : 0

  name            = var.manifest.firewall.names.load_balancer
  scope           = "REGIONAL"
  mode            = var.manifest.firewall.mode
  rate_limit      = var.manifest.firewall.rate_limit
  countries       = var.manifest.firewall.countries
  allow_addresses = var.manifest.firewall.allow_addresses
  large_bodies    = local.large_bodies
  logs            = { destination_arn = module.traffic[0].firewall_logs_arn }
  resource_arn    = module.load_balancer.arn
}
