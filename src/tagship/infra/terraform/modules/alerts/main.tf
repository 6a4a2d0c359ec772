# What needs a person: alarms and events, told in Slack and by e-mail.
#
# Alarms go to the topic, and from there to the function and to e-mail. Events go to the function directly;
# those that need a person go to e-mail as well, as a sentence.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  alarms  = "arn:${data.aws_partition.current.partition}:cloudwatch:*:${local.account}:alarm:*"

  # arn:aws:ecs:region:account:service/cluster/ begins the ARN of each service of the cluster.
  service_arns = "${replace(var.cluster.arn, ":cluster/", ":service/")}/"
}

# --- the topic

# A key of our own, because AWS demands it: the policy of the AWS managed key alias/aws/sns cannot be changed,
# and does not let CloudWatch alarms in (SNS developer guide, "Managing Amazon SNS encryption keys and costs").
data "aws_iam_policy_document" "key" {
  # The account's own policies decide who administers the key; a key policy has no other resource than its key.
  statement {
    sid = "AccountAdministers"
    actions = [
      "kms:CancelKeyDeletion",
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GenerateDataKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListKeyPolicies",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateKeyDescription",
    ]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "AlarmsPublish"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [local.alarms]
    }
  }

  # Without conditions: aws:SourceAccount and aws:SourceArn in a key's policy are not supported for EventBridge that
  # publishes to an encrypted topic (same page).
  dynamic "statement" {
    for_each = length(var.emails) > 0 ? [1] : []

    content {
      sid       = "EventsPublish"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }
    }
  }
}

resource "aws_kms_key" "topic" {
  description             = "Encrypts what is published to ${var.names.topic}"
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_sns_topic" "this" {
  name              = var.names.topic
  kms_master_key_id = aws_kms_key.topic.arn
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "AlarmsPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [local.alarms]
    }
  }

  # Without a condition, as in the EventBridge user guide ("Amazon SNS permissions"): what were refused here would be
  # lost without a word.
  dynamic "statement" {
    for_each = length(var.emails) > 0 ? [1] : []

    content {
      sid       = "EventsPublish"
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.this.arn]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.emails)

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

# --- the function that speaks to Slack

# Without a value: the webhook is nobody's business but its owner's, and never in Terraform's state.
resource "aws_secretsmanager_secret" "webhook" {
  name        = var.names.webhook_secret
  description = "Slack's incoming webhook, which ${var.names.function} posts to"

  # Slack shows the webhook again to whoever needs it; a name that waits for its end would block the next apply.
  recovery_window_in_days = 0
}

data "aws_iam_policy_document" "assumed_by_function" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "ReadOwnWebhook"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.webhook.arn]
  }

  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function.arn}:log-stream:*"]
  }
}

resource "aws_iam_role" "function" {
  name               = var.names.role
  description        = "Lambda: ${var.names.function} reads its webhook and writes its log"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_function.json
}

resource "aws_iam_role_policy" "function" {
  name   = "webhook-and-log"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

resource "aws_cloudwatch_log_group" "function" {
  name              = var.names.log_group
  retention_in_days = var.log_retention_days
}

# No reserved concurrency: an account keeps 100 executions unreserved, a new one 10, and that is all that many have;
# reserving a single one fails there (Lambda developer guide, "Configuring reserved concurrency").
resource "aws_lambda_function" "this" {
  function_name    = var.names.function
  description      = "Tells Slack what happens in ${var.cluster.name}"
  role             = aws_iam_role.function.arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "tagship.notify.function.index.handler"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  timeout          = 30
  memory_size      = 256

  environment {
    variables = {
      CLUSTER        = var.cluster.name
      WEBHOOK_SECRET = aws_secretsmanager_secret.webhook.arn
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.function.name
  }

  # Before it may read and write, a first invocation would fail.
  depends_on = [aws_iam_role_policy.function]
}

# A message that Slack did not take is tried twice more, within an hour; after that it is old news. It is in no queue:
# the function's own alarm below tells by e-mail, and the states of alarms and services stay where they are.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 3600
}

# The topic's ARN holds the account. No source_account beside it: AWS documents that for services whose ARNs hold none,
# and where SNS sends none, each delivery would be denied without a word.
resource "aws_lambda_permission" "topic" {
  statement_id  = "topic"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.this.arn
}

resource "aws_sns_topic_subscription" "function" {
  topic_arn = aws_sns_topic.this.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.this.arn

  # Alarms only: what EventBridge writes for e-mail, the function has heard from EventBridge itself.
  filter_policy_scope = "MessageBody"
  filter_policy       = jsonencode({ AlarmName = [{ exists = true }] })

  depends_on = [aws_lambda_permission.topic]
}

# --- alarms

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
          says       = "Answers with 5xx of the service ${key} in a minute"
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
        says = "How far the slowest reader is behind the writer"
        # Of the readers: the writer has no such metric (Aurora user guide, "Instance-level metrics").
        metric     = "AuroraReplicaLag"
        statistic  = "Maximum"
        threshold  = 1000
        below      = false
        silent     = false
        dimensions = merge(local.database_dimensions, { Role = "READER" })
      }

      "memory" = {
        says       = "Memory that is left to the database"
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
          says       = "Share of the database's greatest capacity that is used"
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
          says       = "Local storage that is left to a database instance"
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
  alarm_description   = "Answers with 5xx of the load balancer itself in a minute"
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
  alarm_description   = "Messages that Slack did not take"
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

# --- events

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
      description = "ECS cannot do what a service of ${var.cluster.name} asks for"
      says        = "ECS warns of <service>: <event>"
      paths       = { service = "$.resources[0]", event = "$.detail.eventName" }

      pattern = {
        source        = ["aws.ecs"]
        "detail-type" = ["ECS Service Action"]
        detail        = { clusterArn = [var.cluster.arn], eventType = ["WARN", "ERROR"] }
      }
    }

    "maximum" = {
      description = "Something of ${var.cluster.name} was scaled to its maximum"
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
      description = "Target tracking is about to scale something of ${var.cluster.name}"
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
