output "logs" {
  description = "The bucket for the logs of CloudFront and of the load balancer."
  value = {
    bucket = aws_s3_bucket.this["logs"].bucket
    arn    = aws_s3_bucket.this["logs"].arn
  }

  # Both try to write before they accept the bucket.
  depends_on = [aws_s3_bucket_policy.this]
}

output "prefixes" {
  description = "The folders of the logs' bucket: edge for CloudFront's logs, load_balancer for the load balancer's."
  value       = local.prefixes
}

output "firewall_logs_arn" {
  description = "The bucket for the firewall's logs; null without a web ACL."
  value       = try(aws_s3_bucket.this["firewall"].arn, null)

  depends_on = [aws_s3_bucket_policy.this]
}

output "bucket_arns" {
  description = "Buckets that queries read, and the bucket of their results."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.arn }
}

output "database" {
  description = "The Glue database."
  value       = aws_glue_catalog_database.this.name
}

output "workgroup" {
  description = "The Athena workgroup."
  value       = aws_athena_workgroup.this.name
}

output "results" {
  description = "Location of query results."
  value       = local.results
}

output "tables" {
  description = "The tables: edge, load_balancer and, with a web ACL, firewall."
  value       = { for name, table in aws_glue_catalog_table.this : name => table.name }
}
