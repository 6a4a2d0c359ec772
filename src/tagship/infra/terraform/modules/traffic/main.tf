# Queries on requests and responses: logs in S3, tables over them, and a place to ask.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  arn     = "arn:${data.aws_partition.current.partition}"

  prefixes = { edge = "edge", load_balancer = "load-balancer" }
  results  = "s3://${aws_s3_bucket.this["logs"].bucket}/results/"

  buckets = merge(
    { logs = var.names.logs_bucket },
    length(var.web_acls) > 0 ? { firewall = var.names.firewall_bucket } : {},
  )

  # WAF writes a web ACL's logs below its region, or below "cloudfront". Source: WAF, "Sending web ACL traffic logs to
  # an Amazon S3 bucket".
  web_acls = [for acl in var.web_acls : "${acl.scope == "CLOUDFRONT" ? "cloudfront" : var.region}/${acl.name}"]
}
