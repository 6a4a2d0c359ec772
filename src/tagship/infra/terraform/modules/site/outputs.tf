output "bucket" {
  description = "The bucket that releases publish to."
  value       = aws_s3_bucket.this.bucket

  # Before the policy stands, nobody could read what a release publishes.
  depends_on = [aws_s3_bucket_policy.this, aws_s3_bucket_versioning.this]
}

# It waits for nothing else: the distribution is made with this name, and the bucket's policy names the distribution.
output "domain_name" {
  description = "The bucket's own name in its region, as an origin of CloudFront."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}
