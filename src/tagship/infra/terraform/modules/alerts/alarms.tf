locals {
  service_alarms = merge(flatten([
    for key, service in var.services : [
      {
        # A service with no tasks has no load, and reports none.
        "${key}-cpu" = {
          says       = "CPU of the service ${key}"
          namespace  = "AWS/ECS"
          metric     = "CPUUtilization"
          statistic  = "Average"
          threshold  = var.thresholds.cpu
          periods    = 5
          dimensions = { ClusterName = var.cluster.name, ServiceName = service.name }
        }

        "${key}-memory" = {
          says       = "Memory of the service ${key}"
          namespace  = "AWS/ECS"
          metric     = "MemoryUtilization"
          statistic  = "Average"
          threshold  = var.thresholds.memory
          periods    = 5
          dimensions = { ClusterName = var.cluster.name, ServiceName = service.name }
        }

        # Counted only where there was one (user guide for application load balancers, "CloudWatch metrics").
        "${key}-errors" = {
          says       = "5xx responses of the service ${key} per minute"
          namespace  = "AWS/ApplicationELB"
          metric     = "HTTPCode_Target_5XX_Count"
          statistic  = "Sum"
          threshold  = var.thresholds.errors
          periods    = 3
          dimensions = { LoadBalancer = var.load_balancer_arn_suffix, TargetGroup = service.target_group_arn_suffix }
        }

        # Where nobody asks, nobody waits.
        "${key}-latency" = {
          says       = "Latency (p95) of the service ${key}"
          namespace  = "AWS/ApplicationELB"
          metric     = "TargetResponseTime"
          statistic  = "p95"
          threshold  = var.thresholds.latency
          periods    = 5
          dimensions = { LoadBalancer = var.load_balancer_arn_suffix, TargetGroup = service.target_group_arn_suffix }
        }

        # Without registered targets there is no data, and no host that could be unhealthy.
        "${key}-unhealthy" = {
          says       = "Unhealthy tasks of the service ${key}"
          namespace  = "AWS/ApplicationELB"
          metric     = "UnHealthyHostCount"
          statistic  = "Maximum"
          threshold  = 0
          periods    = 5
          dimensions = { LoadBalancer = var.load_balancer_arn_suffix, TargetGroup = service.target_group_arn_suffix }
        }
      }
    ]
  ])...)

  database_dimensions = var.database == null ? {} : { DBClusterIdentifier = var.database.cluster }

  database_alarms = var.database == null ? {} : merge(
    {
      # The one that always has data: when it has none, the writer does not answer, or was stopped.
      "writer-cpu" = {
        says       = "CPU of the database's writer"
        metric     = "CPUUtilization"
        statistic  = "Average"
        threshold  = var.thresholds.cpu
        below      = false
        silent     = true
        dimensions = merge(local.database_dimensions, { Role = "WRITER" })
      }

      "reader-cpu" = {
        says       = "CPU of the database's readers"
        metric     = "CPUUtilization"
        statistic  = "Average"
        threshold  = var.thresholds.cpu
        below      = false
        silent     = false
        dimensions = merge(local.database_dimensions, { Role = "READER" })
      }

      "lag" = {
        says = "Replication lag of the slowest reader"
        # Of the readers: the writer has no such metric (Aurora user guide, "Instance-level metrics").
        metric     = "AuroraReplicaLag"
        statistic  = "Maximum"
        threshold  = 1000
        below      = false
        silent     = false
        dimensions = merge(local.database_dimensions, { Role = "READER" })
      }

      "memory" = {
        says       = "Free memory of the database"
        metric     = "FreeableMemory"
        statistic  = "Minimum"
        threshold  = 256 * 1024 * 1024
        below      = true
        silent     = false
        dimensions = local.database_dimensions
      }
    },
    {
      for name, alarm in {
        # Of serverless instances, how many connections are too many follows from the capacity.
        "capacity" = {
          says       = "Used share of the database's maximum capacity"
          metric     = "ACUUtilization"
          statistic  = "Maximum"
          threshold  = 90
          below      = false
          silent     = false
          dimensions = local.database_dimensions
        }
      } : name => alarm if var.database.serverless
    },
    {
      for name, alarm in {
        "connections" = {
          says       = "Connections to one database instance"
          metric     = "DatabaseConnections"
          statistic  = "Maximum"
          threshold  = var.database.connections
          below      = false
          silent     = false
          dimensions = local.database_dimensions
        }

        # Aurora's volume grows by itself; what runs out is each instance's own disk, for sorting and for logs.
        "disk" = {
          says       = "Free local storage of a database instance"
          metric     = "FreeLocalStorage"
          statistic  = "Minimum"
          threshold  = 1024 * 1024 * 1024
          below      = true
          silent     = false
          dimensions = local.database_dimensions
        }
      } : name => alarm if !var.database.serverless
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "service" {
  for_each = local.service_alarms

  alarm_name          = "${var.names.alarm_prefix}--${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = 60
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.periods - 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

# What never reached a service: no healthy target, a connection that broke, a time that ran out.
resource "aws_cloudwatch_metric_alarm" "load_balancer" {
  alarm_name          = "${var.names.alarm_prefix}-load-balancer-errors"
  alarm_description   = "5xx responses of the load balancer itself per minute"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_ELB_5XX_Count"
  dimensions          = { LoadBalancer = var.load_balancer_arn_suffix }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.thresholds.errors
  treat_missing_data  = "notBreaching" # counted only where there was one
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "database" {
  for_each = local.database_alarms

  alarm_name          = "${var.names.alarm_prefix}-database-${each.key}"
  alarm_description   = each.value.says
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 4
  comparison_operator = each.value.below ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.silent ? "missing" : "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  insufficient_data_actions = each.value.silent ? [aws_sns_topic.this.arn] : []
}

# Slack cannot be told that Slack cannot be told: this one is for e-mail.
resource "aws_cloudwatch_metric_alarm" "function" {
  alarm_name          = "${var.names.alarm_prefix}-alerts-undelivered"
  alarm_description   = "Messages not delivered to Slack"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching" # it was not asked to tell anything
  alarm_actions       = [aws_sns_topic.this.arn]
}
