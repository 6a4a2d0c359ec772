# One environment of one app, from one variable.
#
#   edge (CloudFront, WAF) ─┬─ site (S3)
#                           └─ load balancer ── services ── database
#
# What is optional is null in the variable, and its module has no instance. Outputs are taken one by one, as
# module.NAME[0].OUTPUT: a reference to a whole module would wait for all of it, and some wait for each other's parts.

data "aws_caller_identity" "current" {}

locals {
  # CloudFront developer guide, "Restrict access with VPC origins". By id: which name a zone has differs by account.
  # That of Seoul was listed in 2025; the region has three others.
  zones_without_vpc_origins = ["apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"]
}

data "aws_availability_zones" "available" {
  state            = "available"
  exclude_zone_ids = local.zones_without_vpc_origins

  # Regular zones only: Local Zones and Wavelength Zones have to be opted in to.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

data "aws_availability_zone" "by_hand" {
  for_each = toset(coalesce(var.manifest.network.zones, []))

  name = each.key

  lifecycle {
    postcondition {
      condition     = !contains(local.zones_without_vpc_origins, self.zone_id)
      error_message = "CloudFront supports no VPC origins in ${each.key}, which is ${self.zone_id} in this account: choose other zones in network.zones, or omit it."
    }
  }
}

data "aws_route53_zone" "this" {
  count = var.manifest.domain == null ? 0 : 1

  name = var.manifest.domain.zone
}

locals {
  domain = one([for zone in data.aws_route53_zone.this : { name = var.manifest.domain.name, zone_id = zone.zone_id }])

  # By priority, as the listener asks them; a map's values come in the order of its keys.
  service_paths = values(merge([
    for paths in concat(
      [for service in values(var.manifest.services) : service.paths],
      var.manifest.dashboards == null ? [] : [var.manifest.dashboards.paths],
    ) : { for pattern, priority in paths : format("%05d", priority) => pattern }
  ]...))

  # Who is in one of them may look at the dashboards, and nobody else.
  grafana_groups = var.manifest.dashboards == null ? [] : ["grafana-viewer", "grafana-editor", "grafana-admin"]

  sign_in_variables = var.manifest.auth == null ? {} : {
    COGNITO_USER_POOL_ID = module.auth[0].user_pool_id
    COGNITO_CLIENT_ID    = module.auth[0].client_ids.app
    COGNITO_DOMAIN       = module.auth[0].domain_url
    COGNITO_ISSUER       = module.auth[0].issuer
  }

  # Grafana asks its questions in bodies above 8 KB.
  large_bodies = var.manifest.firewall == null ? [] : concat(
    var.manifest.firewall.large_bodies,
    var.manifest.dashboards == null ? [] : ["/grafana/*"],
  )

  has_logs = var.manifest.traffic != null

  web_acls = var.manifest.firewall == null ? [] : concat(
    [{ name = var.manifest.firewall.names.edge, scope = "CLOUDFRONT" }],
    var.manifest.firewall.load_balancer ? [{ name = var.manifest.firewall.names.load_balancer, scope = "REGIONAL" }] : [],
  )

  # People who were signed in by the load balancer come back to a path of its own.
  signs_in      = anytrue(values(var.manifest.services)[*].sign_in)
  idp_callback  = "/oauth2/idpresponse"
  edge_patterns = local.signs_in ? concat([local.idp_callback], local.service_paths) : local.service_paths

  tasks_network = {
    vpc_id           = module.network.vpc_id
    subnet_ids       = module.network.tasks.subnet_ids
    assign_public_ip = module.network.tasks.assign_public_ip
  }
}
