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
      error_message = "CloudFront reaches no load balancer in ${each.key}, which is ${self.zone_id} in this account: choose other zones in network.zones, or leave it out."
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

# --- what stands beneath

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

# --- the services

module "service" {
  source   = "../modules/service"
  for_each = var.manifest.services

  names              = each.value.names
  port               = each.value.port
  paths              = each.value.paths
  health             = each.value.health
  drain              = each.value.drain
  terminal           = each.value.terminal
  scaling            = each.value.scaling
  log_retention_days = var.manifest.log_retention_days
  cluster            = { arn = module.cluster.arn, name = module.cluster.name }
  repository         = { arn = module.registry[each.key].arn, url = module.registry[each.key].url }
  network            = local.tasks_network
  sign_in            = each.value.sign_in ? module.auth[0].sign_in : null
  secrets            = each.value.database && var.manifest.database != null ? module.database[0].secrets : {}
  variables          = local.sign_in_variables

  load_balancer = {
    listener_arn      = module.load_balancer.listener_arn
    security_group_id = module.load_balancer.security_group_id
    arn_suffix        = module.load_balancer.arn_suffix
  }
}

module "database" {
  source    = "../modules/database"
  count     = var.manifest.database == null ? 0 : 1
  providers = { aws = aws, aws.passwords = aws.passwords }

  names               = var.manifest.database.names
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.isolated_subnet_ids
  engine_version      = var.manifest.database.version
  database            = var.manifest.database.name
  instance            = var.manifest.database.instance
  capacity            = var.manifest.database.capacity
  readers             = var.manifest.database.readers
  backup_days         = var.manifest.database.backup_days
  deletion_protection = var.manifest.deletion_protection
  final_snapshot      = var.manifest.database.final_snapshot
  password_version    = var.manifest.database.password_version

  clients = merge(
    { for name, service in module.service : name => service.security_group_id if var.manifest.services[name].database },
    var.manifest.vpn == null ? {} : { vpn = module.vpn[0].security_group_id },
  )
}

module "auth" {
  source = "../modules/auth"
  count  = var.manifest.auth == null ? 0 : 1

  names                = var.manifest.auth.names
  mfa                  = var.manifest.auth.mfa
  sign_up              = var.manifest.auth.sign_up
  groups               = distinct(concat(var.manifest.auth.groups, local.grafana_groups))
  deletion_protection  = var.manifest.deletion_protection
  sign_in_callback_url = local.signs_in ? "${module.edge.url}${local.idp_callback}" : null

  clients = merge(
    {
      app = {
        callback_urls = [for path in var.manifest.auth.callbacks : "${module.edge.url}${path}"]
        logout_urls   = [for path in var.manifest.auth.sign_outs : "${module.edge.url}${path}"]
      }
    },
    var.manifest.dashboards == null ? {} : {
      grafana = {
        callback_urls = ["${module.edge.url}/grafana/login/generic_oauth"]
        logout_urls   = ["${module.edge.url}/grafana/login"]
      }
    },
  )
}

# --- the front door

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

# --- who sees what happens

module "traffic" {
  source = "../modules/traffic"
  count  = var.manifest.traffic == null ? 0 : 1

  names         = var.manifest.traffic.names
  region        = var.manifest.region
  web_acls      = local.web_acls
  days          = var.manifest.traffic.days
  force_destroy = !var.manifest.deletion_protection
}

module "alerts" {
  source = "../modules/alerts"
  count  = var.manifest.alerts == null ? 0 : 1

  names                    = var.manifest.alerts.names
  package                  = "${path.root}/alerts.zip"
  emails                   = var.manifest.alerts.emails
  cluster                  = { arn = module.cluster.arn, name = module.cluster.name }
  services                 = { for name, service in module.service : name => { name = service.name, target_group_arn_suffix = service.target_group_arn_suffix } }
  load_balancer_arn_suffix = module.load_balancer.arn_suffix
  database                 = var.manifest.database == null ? null : { cluster = module.database[0].cluster, serverless = var.manifest.database.instance == "serverless" }
  log_retention_days       = var.manifest.log_retention_days

  thresholds = {
    cpu     = var.manifest.alerts.cpu
    memory  = var.manifest.alerts.memory
    errors  = var.manifest.alerts.errors
    latency = var.manifest.alerts.latency / 1000
  }
}

module "dashboards" {
  source = "../modules/dashboards"
  count  = var.manifest.dashboards == null ? 0 : 1

  names              = var.manifest.dashboards.names
  image              = var.manifest.dashboards.image
  cpu                = var.manifest.dashboards.cpu
  memory             = var.manifest.dashboards.memory
  path               = "/grafana"
  priorities         = [var.manifest.dashboards.paths["/grafana"], var.manifest.dashboards.paths["/grafana/*"]]
  cluster_arn        = module.cluster.arn
  network            = local.tasks_network
  url                = module.edge.url
  region             = var.manifest.region
  log_retention_days = var.manifest.log_retention_days

  # Made by tagship from the manifest; what only Terraform knows stands in them as a word between two @.
  dashboards = {
    for name in fileset(path.root, "dashboards/*.json") : trimsuffix(basename(name), ".json") => replace(
      replace(file("${path.root}/${name}"), "@load_balancer@", module.load_balancer.arn_suffix),
      "@distribution@", module.edge.distribution_id,
    )
  }

  load_balancer = {
    listener_arn      = module.load_balancer.listener_arn
    security_group_id = module.load_balancer.security_group_id
  }

  sign_in = {
    client_id  = module.auth[0].client_ids.grafana
    domain_url = module.auth[0].domain_url
  }

  traffic = local.has_logs ? {
    database    = module.traffic[0].database
    workgroup   = module.traffic[0].workgroup
    results     = module.traffic[0].results
    bucket_arns = values(module.traffic[0].bucket_arns)
  } : null
}

# --- ways in for people and pipelines

module "vpn" {
  source = "../modules/vpn"
  count  = var.manifest.vpn == null ? 0 : 1

  names         = var.manifest.vpn.names
  vpc_id        = module.network.vpc_id
  subnet_id     = module.network.public_subnet_ids[0]
  private_cidr  = module.network.cidr
  clients_cidr  = var.manifest.vpn.clients
  instance_type = var.manifest.vpn.instance
  region        = var.manifest.region
  database      = { security_group_id = module.database[0].security_group_id, port = module.database[0].port }
}

module "access" {
  source = "../modules/access"
  count  = var.manifest.github == null ? 0 : 1

  names           = var.manifest.github.names
  repository      = var.manifest.github.repository
  owner_id        = var.manifest.github.owner_id
  repository_id   = var.manifest.github.repository_id
  only_numbers    = var.manifest.github.only_numbers
  create_provider = var.manifest.github.create_provider
  environment     = var.manifest.github.environment
  cluster_arn     = module.cluster.arn

  services = {
    for name, service in module.service : name => {
      service_arn         = service.arn
      role_arns           = service.role_arns
      repository_arn      = module.registry[name].arn
      task_family         = var.manifest.services[name].names.task_family
      log_group_arn       = service.log_group_arn
      target_group_arn    = service.facts.target_group_arn
      scalable_target_arn = service.scalable_target_arn
    }
  }

  buckets          = { environment = var.manifest.names.bucket, site = try(var.manifest.site.bucket, null) }
  distribution_arn = var.manifest.site == null ? null : module.edge.distribution_arn
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
