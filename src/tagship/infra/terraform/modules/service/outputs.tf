output "facts" {
  description = "Values that a release needs for this service."
  value = {
    service            = aws_ecs_service.this.name
    task_family        = var.names.task_family
    container          = var.names.container
    repository_url     = var.repository.url
    execution_role_arn = aws_iam_role.execution.arn
    task_role_arn      = aws_iam_role.task.arn
    log_group          = aws_cloudwatch_log_group.this.name
    target_group_arn   = aws_lb_target_group.this.arn
    port               = var.port
    secrets            = var.secrets
    variables          = var.variables
  }
}

output "name" {
  description = "Name of the ECS service, as metrics name it."
  value       = aws_ecs_service.this.name
}

output "arn" {
  description = "ARN of the ECS service."
  value       = aws_ecs_service.this.id
}

output "target_group_arn_suffix" {
  description = "The target group, as its metrics name it."
  value       = aws_lb_target_group.this.arn_suffix
}

output "security_group_id" {
  description = "The security group of the tasks."
  value       = aws_security_group.this.id
}

output "scalable_target_arn" {
  description = "Resource ID of the scalable target, if the service scales."
  value       = local.target == null ? null : local.target.arn
}

output "role_arns" {
  description = "The execution role and the task role."
  value       = [aws_iam_role.execution.arn, aws_iam_role.task.arn]
}

output "log_group_arn" {
  description = "The log group of the containers."
  value       = aws_cloudwatch_log_group.this.arn
}
