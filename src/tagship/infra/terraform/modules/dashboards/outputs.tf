output "url" {
  description = "URL of Grafana."
  value       = local.root_url
}

output "security_group_id" {
  description = "The security group of Grafana's task."
  value       = aws_security_group.this.id
}

output "service" {
  description = "The ECS service."
  value       = aws_ecs_service.this.name
}
