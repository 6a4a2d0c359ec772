output "facts" {
  description = "What a release needs to know of this service."
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
  }
}
