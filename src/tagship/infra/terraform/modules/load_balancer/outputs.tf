output "arn" {
  description = "The load balancer, as CloudFront's VPC origin names it."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "The load balancer, as its metrics name it."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "DNS name of the load balancer; it resolves to private addresses."
  value       = aws_lb.this.dns_name
}

output "listener_arn" {
  description = "The listener that services add their rules to."
  value       = aws_lb_listener.this.arn
}

output "security_group_id" {
  description = "The load balancer's security group."
  value       = aws_security_group.this.id
}

output "protocol" {
  description = "Origin protocol for CloudFront: http-only or https-only."
  value       = var.domain == null ? "http-only" : "https-only"
}
