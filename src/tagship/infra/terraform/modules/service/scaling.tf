locals {
  # With one number for both bounds there is nothing to scale, unless a schedule moves them.
  by_schedule = length(try(var.scaling.schedule, [])) > 0
  scales      = local.by_schedule || try(var.scaling.min < var.scaling.max, false)

  # Application Auto Scaling brings a service into its bounds the moment they are set (API reference,
  # RegisterScalableTarget). A service that was never released, or was scaled to nothing, has no tasks: a lower bound
  # would start some, of a revision that is not meant to run. So the lower bound comes with the first task: from the
  # release that starts it, which sets it to the same number (release/actions/min_capacity.py), so that the next plan
  # is empty.
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
