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

# Its former name, until 0.1.0.
moved {
  from = module.access
  to   = module.github
}

module "github" {
  source = "../modules/github"
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

  secrets          = local.own_secrets
  buckets          = { environment = var.manifest.names.bucket, site = try(var.manifest.site.bucket, null) }
  distribution_arn = var.manifest.site == null ? null : module.edge.distribution_arn
}

locals {
  named_secrets = {
    for kind in ["names", "paths", "arns"] :
    kind => distinct(flatten([for service in var.manifest.services : service.secrets == null ? [] : service.secrets[kind]]))
  }

  # Looking at a secret shows no value, so all of the environment's are one resource: those of fifty services could need
  # more characters than a role's policies have.
  own_secrets = {
    prefix     = length(local.named_secrets.names) > 0 ? var.manifest.names.prefix : null
    arns       = [for arn in local.named_secrets.arns : arn if split(":", arn)[2] == "secretsmanager"]
    parameters = length(local.named_secrets.paths) > 0 || anytrue([for arn in local.named_secrets.arns : split(":", arn)[2] == "ssm"])
  }
}
