output "url" {
  description = "The front door."
  value       = "https://${aws_cloudfront_distribution.this.domain_name}"
}

output "facts" {
  description = "What a release needs to know."
  value = {
    bucket       = aws_s3_bucket.this.bucket
    distribution = aws_cloudfront_distribution.this.id
  }

  # Before the policy stands, nobody could read what a release publishes.
  depends_on = [aws_s3_bucket_policy.this, aws_s3_bucket_versioning.this]
}

output "behaviors" {
  description = "Which path patterns lead to services, in the order in which CloudFront asks them."
  value       = [for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : { path_pattern = behavior.path_pattern }]
}
