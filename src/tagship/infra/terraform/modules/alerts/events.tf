locals {
  # Sources: ECS developer guide, "Amazon ECS service deployment state change events" and "Amazon ECS service action
  # events"; Application Auto Scaling user guide, "Monitor Application Auto Scaling events using Amazon EventBridge";
  # CloudWatch user guide, "Alarm events and EventBridge".
  rules = {
    "deployment" = {
      description = "A deployment of a service of ${var.cluster.name} failed"
      says        = "A deployment of <service> failed: <reason>"
      paths       = { service = "$.resources[0]", reason = "$.detail.reason" }

      # Its detail names no cluster.
      pattern = {
        source        = ["aws.ecs"]
        "detail-type" = ["ECS Deployment State Change"]
        resources     = [{ prefix = local.service_arns }]
        detail        = { eventName = ["SERVICE_DEPLOYMENT_FAILED"] }
      }
    }

    "impaired" = {
      description = "ECS warnings and errors of services of ${var.cluster.name}"
      says        = "ECS reports a problem of <service>: <event>"
      paths       = { service = "$.resources[0]", event = "$.detail.eventName" }

      pattern = {
        source        = ["aws.ecs"]
        "detail-type" = ["ECS Service Action"]
        detail        = { clusterArn = [var.cluster.arn], eventType = ["WARN", "ERROR"] }
      }
    }

    "maximum" = {
      description = "A scalable target of ${var.cluster.name} reached its maximum"
      says        = "<resource> was scaled to its maximum of <maximum>."
      paths       = { resource = "$.detail.resourceId", maximum = "$.detail.maxCapacity" }

      pattern = {
        source        = ["aws.application-autoscaling"]
        "detail-type" = ["Application Auto Scaling Scaling Activity State Change"]
        detail = {
          scaledToMax = [true]
          resourceId = concat(
            [{ prefix = "service/${var.cluster.name}/" }],
            var.database == null ? [] : ["cluster:${var.database.cluster}"],
          )
        }
      }
    }

    # Good to know, and nobody has to do anything: for Slack alone. Application Auto Scaling tells of no other scaling.
    "scaling" = {
      description = "Target tracking scales a target of ${var.cluster.name}"
      says        = null
      paths       = {}

      pattern = {
        source        = ["aws.cloudwatch"]
        "detail-type" = ["CloudWatch Alarm State Change"]
        detail = {
          state = { value = ["ALARM"] }
          alarmName = concat(
            [{ prefix = "TargetTracking-service/${var.cluster.name}/" }],
            var.database == null ? [] : [{ prefix = "TargetTracking-cluster:${var.database.cluster}-" }],
          )
        }
      }
    }
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.rules

  name          = "${var.names.rule_prefix}-${each.key}"
  description   = each.value.description
  event_pattern = jsonencode(each.value.pattern)
}

resource "aws_lambda_permission" "rule" {
  for_each = local.rules

  statement_id   = each.key
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.this.function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.this[each.key].arn
  source_account = local.account
}

resource "aws_cloudwatch_event_target" "function" {
  for_each = local.rules

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "function"
  arn       = aws_lambda_function.this.arn

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 3
  }

  depends_on = [aws_lambda_permission.rule]
}

resource "aws_cloudwatch_event_target" "email" {
  for_each = { for name, rule in local.rules : name => rule if rule.says != null && length(var.emails) > 0 }

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "email"
  arn       = aws_sns_topic.this.arn

  input_transformer {
    input_paths    = each.value.paths
    input_template = "\"${each.value.says}\"" # jsonencode would write < and > as escapes, and EventBridge wants them
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 3
  }

  depends_on = [aws_sns_topic_policy.this]
}
