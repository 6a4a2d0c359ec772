locals {
  outputs = {
    schema     = 1
    region     = var.manifest.region
    account_id = data.aws_caller_identity.current.account_id
    url        = module.edge.url
    cluster    = module.cluster.name
    services   = { for name, service in module.service : name => service.facts }
    site       = one([for site in module.site : { bucket = site.bucket, distribution = module.edge.distribution_id }])

    database = one([for database in module.database : {
      cluster_arn       = database.cluster_arn
      writer_endpoint   = database.writer_endpoint
      reader_endpoint   = database.reader_endpoint
      secret_arn        = database.secret_arn
      master_secret_arn = database.master_secret_arn
    }])

    auth = one([for auth in module.auth : {
      user_pool_id = auth.user_pool_id
      client_id    = auth.client_ids.app
      domain_url   = auth.domain_url
    }])

    alerts     = one([for alerts in module.alerts : { topic_arn = alerts.topic_arn, webhook_secret_arn = alerts.webhook_secret_arn }])
    dashboards = one([for dashboards in module.dashboards : { url = dashboards.url }])
    traffic    = one([for traffic in module.traffic : { database = traffic.database, workgroup = traffic.workgroup }])
    vpn        = one([for vpn in module.vpn : { address = vpn.address, secret_arn = vpn.secret_arn }])
    deploy     = one([for github in module.github : { role_arn = github.role_arn }])
  }
}

output "url" {
  description = "URL of the app."
  value       = local.outputs.url
}

output "infrastructure" {
  description = "Values that a release needs; the same as infra/outputs.json in the environment's bucket."
  value       = local.outputs
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
