output "url" {
  description = "The front door."
  value       = "http://${aws_lb.this.dns_name}"
}

output "listener_arn" {
  description = "The listener that services add their rules to."
  value       = aws_lb_listener.http.arn
}

output "security_group_id" {
  description = "The load balancer's security group."
  value       = aws_security_group.this.id
}

output "dns_name" {
  description = "The load balancer's own name."
  value       = aws_lb.this.dns_name
}
