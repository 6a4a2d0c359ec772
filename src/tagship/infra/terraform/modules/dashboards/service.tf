resource "aws_ecs_task_definition" "this" {
  family                   = var.names.task_family
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  # The root of the file system stays writable. Grafana writes to /tmp and /var/lib/grafana; Fargate gives volumes to
  # root alone (ECS developer guide, "Bind mounts"), so that a second container, as root, would have to hand them over:
  # more power than is taken away from a process that is nobody special and cannot change its own programs.
  container_definitions = jsonencode([{
    name         = var.names.container
    image        = var.image
    essential    = true
    user         = "472" # grafana
    entryPoint   = ["/bin/sh", "-c"]
    command      = [local.script]
    portMappings = [{ containerPort = local.port, protocol = "tcp" }]

    environment = [for name in sort(keys(local.settings)) : { name = name, value = local.settings[name] }]

    linuxParameters = {
      capabilities       = { drop = ["ALL"] }
      initProcessEnabled = true
    }

    healthCheck = {
      # The smaller of the two images has the first program, the larger one the second.
      command = [
        "CMD-SHELL",
        "wget -q -O /dev/null http://127.0.0.1:${local.port}${var.path}/api/health || curl -fsS -o /dev/null http://127.0.0.1:${local.port}${var.path}/api/health",
      ]
      interval    = 15
      timeout     = 5
      retries     = 4
      startPeriod = 120
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "grafana"
      }
    }
  }])

  # A new revision is there before the service stops using the old one.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_service" "this" {
  name                              = var.names.service
  cluster                           = var.cluster_arn
  launch_type                       = "FARGATE"
  task_definition                   = aws_ecs_task_definition.this.arn
  desired_count                     = 1
  health_check_grace_period_seconds = 180
  availability_zone_rebalancing     = "DISABLED" # One task has nothing to be balanced against.
  enable_ecs_managed_tags           = true
  propagate_tags                    = "SERVICE"

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
    container_port   = local.port
  }

  # ECS refuses a target group that no listener uses; and on the way down the task needs its permissions to the end.
  depends_on = [
    aws_lb_listener_rule.this,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_ingress_rule.from_load_balancer,
    aws_vpc_security_group_egress_rule.https,
    aws_vpc_security_group_egress_rule.load_balancer_to_task,
  ]
}
