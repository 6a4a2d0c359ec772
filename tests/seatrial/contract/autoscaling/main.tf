terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {
  type = string
}

variable "percent" {
  type    = number
  default = 60
}

provider "aws" {
  region                      = "eu-central-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  endpoints {
    applicationautoscaling = var.endpoint
    cloudwatch             = var.endpoint
    sts                    = var.endpoint
  }

  default_tags {
    tags = { stage = "test" }
  }
}

resource "aws_appautoscaling_target" "web" {
  service_namespace  = "ecs"
  resource_id        = "service/terraform/web"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = 0
  max_capacity       = 4
  tags               = { team = "web" }

  suspended_state {
    scheduled_scaling_suspended = true
  }
}

locals {
  target = {
    service_namespace  = aws_appautoscaling_target.web.service_namespace
    resource_id        = aws_appautoscaling_target.web.resource_id
    scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  }
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = var.percent
    scale_in_cooldown  = 300
    scale_out_cooldown = 60

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_appautoscaling_policy" "requests" {
  name               = "requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value     = 1000
    disable_scale_in = true

    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "app/shop/778d41231b141a0f/targetgroup/web/943f017f100becff"
    }
  }
}

resource "aws_appautoscaling_policy" "own_metric" {
  name               = "own-metric"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = 12.5

    customized_metric_specification {
      metric_name = "Jobs"
      namespace   = "Shop"
      statistic   = "Average"
      unit        = "Count"

      dimensions {
        name  = "Queue"
        value = "orders"
      }
    }
  }
}

resource "aws_appautoscaling_policy" "backlog" {
  name               = "backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = 100

    customized_metric_specification {
      metrics {
        id          = "jobs"
        label       = "Jobs in the queue"
        return_data = false

        metric_stat {
          metric {
            metric_name = "Jobs"
            namespace   = "Shop"

            dimensions {
              name  = "Queue"
              value = "orders"
            }
          }
          stat = "Sum"
        }
      }

      metrics {
        id          = "tasks"
        return_data = false

        metric_stat {
          metric {
            metric_name = "Tasks"
            namespace   = "Shop"
          }
          stat = "Average"
        }
      }

      metrics {
        id          = "each"
        label       = "Jobs for each task"
        expression  = "jobs / tasks"
        return_data = true
      }
    }
  }
}

resource "aws_appautoscaling_policy" "steps" {
  name               = "steps"
  policy_type        = "StepScaling"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension

  step_scaling_policy_configuration {
    adjustment_type          = "PercentChangeInCapacity"
    cooldown                 = 60
    metric_aggregation_type  = "Maximum"
    min_adjustment_magnitude = 1

    step_adjustment {
      metric_interval_lower_bound = 0
      metric_interval_upper_bound = 20
      scaling_adjustment          = 10
    }

    step_adjustment {
      metric_interval_lower_bound = 20
      scaling_adjustment          = 30
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "night" {
  name               = "night"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension
  schedule           = "cron(0 22 ? * MON-FRI *)"
  timezone           = "Asia/Seoul"

  scalable_target_action {
    min_capacity = 0
    max_capacity = 1
  }
}

resource "aws_appautoscaling_scheduled_action" "sale" {
  name               = "sale"
  service_namespace  = local.target.service_namespace
  resource_id        = local.target.resource_id
  scalable_dimension = local.target.scalable_dimension
  schedule           = "rate(1 day)"
  start_time         = "2099-01-01T00:00:00Z"
  end_time           = "2099-02-01T00:00:00Z"

  scalable_target_action {
    min_capacity = 3
  }
}
