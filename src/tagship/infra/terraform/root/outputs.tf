locals {
  outputs = {
    schema     = 1
    region     = var.manifest.region
    account_id = data.aws_caller_identity.current.account_id
    url        = var.manifest.site == null ? module.load_balancer.url : one(module.site[*].url)
    cluster    = module.cluster.name
    services   = { for name, service in module.service : name => service.facts }
    site       = one(module.site[*].facts)
  }
}

output "url" {
  description = "The front door."
  value       = local.outputs.url
}

output "infrastructure" {
  description = "What a release needs to know; the same as infra/outputs.json in the environment's bucket."
  value       = local.outputs
}
