# --- who reaches whom
resource "aws_security_group" "this" {
  name        = var.names.security_group
  description = "Grafana: inbound from the load balancer, outbound to AWS, the sign-in pages and the plugin catalogue"
  vpc_id      = var.network.vpc_id

  tags = { Name = var.names.security_group }
}

resource "aws_vpc_security_group_ingress_rule" "from_load_balancer" {
  security_group_id            = aws_security_group.this.id
  description                  = "Requests and health checks"
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# Names are resolved all the same: no security group stands before the VPC's own resolver.
resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "AWS, the sign-in pages, the registry and the plugin catalogue"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_task" {
  security_group_id            = var.load_balancer.security_group_id
  description                  = "To ${var.names.task_family}"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# --- from the listener to the task
resource "aws_lb_target_group" "this" {
  name                 = var.names.target_group
  vpc_id               = var.network.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.port
  deregistration_delay = 30

  health_check {
    path                = "${var.path}/api/health"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 4
    matcher             = "200"
  }

  # While a new task comes up beside the old one, each knows its own sessions only.
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 86400
    enabled         = true
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = { (var.path) = var.priorities[0], "${var.path}/*" = var.priorities[1] }

  listener_arn = var.load_balancer.listener_arn
  priority     = each.value

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  condition {
    path_pattern {
      values = [each.key]
    }
  }
}
