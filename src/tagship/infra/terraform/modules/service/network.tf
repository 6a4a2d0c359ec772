# --- who reaches whom
resource "aws_security_group" "this" {
  name        = var.names.security_group
  description = "Tasks of ${var.names.task_family}: inbound from the load balancer only"
  vpc_id      = var.network.vpc_id

  tags = { Name = var.names.security_group }
}

# Any TCP port, because the port belongs to the release: while a release changes it, tasks with the old port
# and tasks with the new one serve side by side.
resource "aws_vpc_security_group_ingress_rule" "from_load_balancer" {
  security_group_id            = aws_security_group.this.id
  description                  = "Requests and health checks"
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 1
  to_port                      = 65535
}

resource "aws_vpc_security_group_egress_rule" "to_anywhere" {
  security_group_id = aws_security_group.this.id
  description       = "Registry, logs, and whatever the application calls"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_tasks" {
  security_group_id            = var.load_balancer.security_group_id
  description                  = "To the tasks of ${var.names.task_family}"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 1
  to_port                      = 65535
}

# --- from the listener to the tasks
resource "aws_lb_target_group" "this" {
  name        = var.names.target_group
  vpc_id      = var.network.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  # Only a default, and never used: ECS registers each task with the port of its container.
  port                 = 80
  deregistration_delay = var.drain

  health_check {
    path                = var.health.path
    interval            = var.health.interval
    timeout             = var.health.timeout
    healthy_threshold   = var.health.healthy_threshold
    unhealthy_threshold = var.health.unhealthy_threshold
    matcher             = "200-399"
  }
}

# A rule per pattern, so that of all services' patterns the most exact one wins.
resource "aws_lb_listener_rule" "this" {
  for_each = var.paths

  listener_arn = var.load_balancer.listener_arn
  priority     = each.value

  # Sign-in comes first: who has no session is sent to Cognito, and back to where they wanted to go.
  dynamic "action" {
    for_each = var.sign_in == null ? [] : [var.sign_in]

    content {
      type  = "authenticate-cognito"
      order = 1

      authenticate_cognito {
        user_pool_arn              = action.value.user_pool_arn
        user_pool_client_id        = action.value.client_id
        user_pool_domain           = action.value.domain
        on_unauthenticated_request = "authenticate"
      }
    }
  }

  action {
    type             = "forward"
    order            = var.sign_in == null ? null : 2
    target_group_arn = aws_lb_target_group.this.arn
  }

  condition {
    path_pattern {
      values = [each.key]
    }
  }
}
