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
  region             = var.manifest.region
  own_secrets        = each.value.secrets
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
