# ECS makes no service without a revision. This one never runs: the service starts with no tasks,
# and the first release brings a revision of its own.
resource "aws_ecs_task_definition" "bootstrap" {
  family                   = var.names.task_family
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  container_definitions = jsonencode([{
    name         = var.names.container
    image        = "${var.repository.url}:bootstrap"
    essential    = true
    portMappings = [{ containerPort = var.port, protocol = "tcp" }]
  }])

  lifecycle {
    ignore_changes = all
  }
}

resource "aws_ecs_service" "this" {
  name                              = var.names.service
  cluster                           = var.cluster.arn
  launch_type                       = "FARGATE"
  task_definition                   = aws_ecs_task_definition.bootstrap.arn
  desired_count                     = 0
  health_check_grace_period_seconds = var.health.grace_period
  availability_zone_rebalancing     = "ENABLED"
  enable_ecs_managed_tags           = true
  enable_execute_command            = var.terminal
  propagate_tags                    = "SERVICE"

  # A rollout first adds the new tasks, and takes the old ones away when the new ones are healthy.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.network.assign_public_ip
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = var.names.container
    container_port   = var.port
  }

  lifecycle {
    # The release engine's from here on. The port is in load_balancer, and can only change with the revision.
    ignore_changes = [task_definition, desired_count, load_balancer]
  }

  # ECS refuses a target group that no listener uses; and on the way down the tasks need their permissions to the end.
  depends_on = [
    aws_lb_listener_rule.this,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.secrets,
    aws_vpc_security_group_ingress_rule.from_load_balancer,
    aws_vpc_security_group_egress_rule.to_anywhere,
    aws_vpc_security_group_egress_rule.load_balancer_to_tasks,
  ]
}
