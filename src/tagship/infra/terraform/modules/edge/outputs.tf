output "url" {
  description = "URL of the app."
  value       = "https://${var.domain == null ? aws_cloudfront_distribution.this.domain_name : var.domain.name}"
}

output "domain_name" {
  description = "The distribution's own name."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "hosted_zone_id" {
  description = "The hosted zone of CloudFront, for alias records."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}

output "distribution_id" {
  description = "The distribution, for invalidations and metrics."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "The distribution, for policies that name it."
  value       = aws_cloudfront_distribution.this.arn
}

output "behaviors" {
  description = "Path patterns routed to services, in CloudFront's order; without a site everything is."
  value       = [for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : { path_pattern = behavior.path_pattern }]
}
