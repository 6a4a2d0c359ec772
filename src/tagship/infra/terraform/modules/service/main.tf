# One container behind the load balancer.
#
# Terraform owns what stands still. The release engine owns what moves: the revision that runs, how many tasks run,
# and the container's port. Those are given once, at creation, and never mentioned again.
# Where the service scales, Terraform owns the bounds and Application Auto Scaling the number between them.

# --- roles

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "assumed_by_tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    # ECS may take these roles for this account's own tasks only.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:ecs:*:${data.aws_caller_identity.current.account_id}:*"]
    }
  }
}

# What ECS itself does before the container runs: pull its image, open its log stream.
data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "LogInToRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # The one ECR action that knows no resource.
  }

  statement {
    sid       = "PullOwnImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [var.repository.arn]
  }

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]
  }
}

resource "aws_iam_role" "execution" {
  name               = var.names.execution_role
  description        = "ECS: pulls the image of ${var.names.task_family} and writes its log"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

resource "aws_iam_role_policy" "execution" {
  name   = "pull-and-log"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

locals {
  readable = {
    for sid, kind in {
      ReadSecrets    = { service = "secretsmanager", action = "secretsmanager:GetSecretValue", parts = 7 }
      ReadParameters = { service = "ssm", action = "ssm:GetParameters", parts = 6 }
    } :
    sid => {
      action = kind.action
      arns   = distinct([for arn in values(var.secrets) : join(":", slice(split(":", arn), 0, kind.parts)) if split(":", arn)[2] == kind.service])
    }
  }
}

# Secrets are ECS's to read, not the application's: it gets their values as environment variables. Of an ARN, what
# follows the secret's name picks a key or a version (ECS developer guide, "Pass Secrets Manager secrets through
# environment variables"); permissions know the secret only. A secret under a KMS key of its own needs more.
data "aws_iam_policy_document" "secrets" {
  count = length(var.secrets) > 0 ? 1 : 0

  dynamic "statement" {
    for_each = { for sid, statement in local.readable : sid => statement if length(statement.arns) > 0 }

    content {
      sid       = statement.key
      actions   = [statement.value.action]
      resources = statement.value.arns
    }
  }
}

resource "aws_iam_role_policy" "secrets" {
  count = length(var.secrets) > 0 ? 1 : 0

  name   = "read-secrets"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.secrets[0].json
}

# What the application itself may do on AWS: nothing, until something is granted.
resource "aws_iam_role" "task" {
  name               = var.names.task_role
  description        = "The application ${var.names.task_family} itself"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

# ECS Exec: the agent beside the container opens the channel with the application's own role
# (developer guide, "Monitor Amazon ECS containers with ECS Exec", required permissions).
data "aws_iam_policy_document" "terminal" {
  statement {
    sid = "OpenTerminalChannel"
    actions = [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"] # These actions know no resource.
  }
}

resource "aws_iam_role_policy" "terminal" {
  count = var.terminal ? 1 : 0

  name   = "terminal"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.terminal.json
}

resource "aws_cloudwatch_log_group" "this" {
  name              = var.names.log_group
  retention_in_days = var.log_retention_days
}

# --- who reaches whom

resource "aws_security_group" "this" {
  name        = var.names.security_group
  description = "Tasks of ${var.names.task_family}: in from the load balancer only"
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

# --- the service

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

# --- how many tasks run

locals {
  # With one number for both bounds there is nothing to scale, unless a schedule moves them.
  by_schedule = length(try(var.scaling.schedule, [])) > 0
  scales      = local.by_schedule || try(var.scaling.min < var.scaling.max, false)

  # Application Auto Scaling brings a service into its bounds the moment they are set (API reference,
  # RegisterScalableTarget). A service that was never released, or was scaled to nothing, has no tasks: a lower bound
  # would start some, of a revision that is not meant to run. So the lower bound comes with the first task: from the
  # release that starts it, which sets it to the same number (release/bounds.py), so that the next plan is empty.
  min = aws_ecs_service.this.desired_count == 0 ? 0 : try(var.scaling.min, 0)

  target = one(concat(aws_appautoscaling_target.steady, aws_appautoscaling_target.scheduled))

  tracked = {
    for name, metric in {
      cpu      = { type = "ECSServiceAverageCPUUtilization", value = try(var.scaling.cpu, null) }
      memory   = { type = "ECSServiceAverageMemoryUtilization", value = try(var.scaling.memory, null) }
      requests = { type = "ALBRequestCountPerTarget", value = try(var.scaling.requests, null) }
    } : name => metric if local.scales && metric.value != null
  }
}

# Scheduled actions move the bounds themselves, so with a schedule they are Terraform's at creation only: an apply at
# noon must not set the night's. When such bounds, or whether there is a schedule, change in the manifest, the target
# is made anew. Both forms are the same thing to AWS; this stands between them, so that the old one is gone first.
resource "terraform_data" "bounds" {
  count = local.scales ? 1 : 0

  triggers_replace = local.by_schedule ? [var.scaling.min, var.scaling.max] : []
}

resource "aws_appautoscaling_target" "steady" {
  count = local.scales && !local.by_schedule ? 1 : 0

  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster.name}/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = local.min
  max_capacity       = var.scaling.max

  depends_on = [terraform_data.bounds]
}

resource "aws_appautoscaling_target" "scheduled" {
  count = local.by_schedule ? 1 : 0

  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster.name}/${aws_ecs_service.this.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = local.min
  max_capacity       = var.scaling.max

  lifecycle {
    ignore_changes       = [min_capacity, max_capacity]
    replace_triggered_by = [terraform_data.bounds]
  }
}

# The policy that wants the most tasks wins; they are taken away only when every policy agrees.
# Out after a minute, because a task on Fargate serves in about that time and load does not wait. In after five, because
# a task too many costs a few cents, and one too few costs answers. AWS's own default is 300 seconds for both.
resource "aws_appautoscaling_policy" "this" {
  for_each = local.tracked

  name               = each.key
  policy_type        = "TargetTrackingScaling"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.value
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = each.value.type
      resource_label         = each.key == "requests" ? "${var.load_balancer.arn_suffix}/${aws_lb_target_group.this.arn_suffix}" : null
    }
  }

  # AWS deletes a target's policies together with it.
  lifecycle {
    replace_triggered_by = [terraform_data.bounds]
  }
}

resource "aws_appautoscaling_scheduled_action" "this" {
  for_each = { for entry in try(var.scaling.schedule, []) : entry.name => entry }

  name               = each.key
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension
  schedule           = "cron(${each.value.cron})"
  timezone           = each.value.timezone

  scalable_target_action {
    min_capacity = each.value.min
    max_capacity = each.value.max
  }

  lifecycle {
    replace_triggered_by = [terraform_data.bounds]
  }
}
