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
