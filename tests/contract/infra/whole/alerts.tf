resource "aws_sns_topic" "alerts" {
  name              = "${local.name}-alerts"
  display_name      = "Alerts"
  kms_master_key_id = aws_kms_key.this.arn
}

data "aws_iam_policy_document" "alerts" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alerts.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "budgets.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_policy" "alerts" {
  arn    = aws_sns_topic.alerts.arn
  policy = data.aws_iam_policy_document.alerts.json
}

resource "aws_sns_topic_subscription" "slack" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.slack.arn
}

# --- the function that speaks to Slack

data "aws_iam_policy_document" "slack_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "slack" {
  name               = "${local.name}-slack"
  assume_role_policy = data.aws_iam_policy_document.slack_trust.json
}

resource "aws_iam_role_policy_attachment" "slack" {
  role       = aws_iam_role.slack.name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_cloudwatch_log_group" "slack" {
  name              = "/aws/lambda/${local.name}-slack"
  retention_in_days = 14
}

resource "aws_lambda_function" "slack" {
  function_name                  = "${local.name}-slack"
  description                    = "Tells Slack"
  role                           = aws_iam_role.slack.arn
  runtime                        = "python3.13"
  handler                        = "index.handler"
  architectures                  = ["arm64"]
  filename                       = var.lambda_package
  source_code_hash               = filebase64sha256(var.lambda_package)
  timeout                        = 30
  memory_size                    = 128
  reserved_concurrent_executions = 2

  environment {
    variables = { WEBHOOK_SECRET = aws_secretsmanager_secret.database.arn }
  }

  tracing_config {
    mode = "Active"
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.undelivered.arn
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.slack.name
  }
}

resource "aws_lambda_permission" "sns" {
  statement_id  = "sns"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.slack.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.alerts.arn
}

resource "aws_lambda_permission" "events" {
  statement_id   = "events"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.slack.function_name
  principal      = "events.amazonaws.com"
  source_arn     = aws_cloudwatch_event_rule.deployments.arn
  source_account = local.me
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "${local.name}-undelivered"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

# --- events

resource "aws_cloudwatch_event_rule" "deployments" {
  name        = "${local.name}-deployments"
  description = "Deployments & tasks"

  event_pattern = jsonencode({
    source        = ["aws.ecs"]
    "detail-type" = ["ECS Deployment State Change", "ECS Task State Change"]
    detail        = { clusterArn = [aws_ecs_cluster.this.arn] }
  })
}

resource "aws_cloudwatch_event_target" "slack" {
  rule      = aws_cloudwatch_event_rule.deployments.name
  target_id = "slack"
  arn       = aws_lambda_function.slack.arn

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 3
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }
}

resource "aws_cloudwatch_event_rule" "daily" {
  name                = "${local.name}-daily"
  schedule_expression = "rate(1 day)"
  state               = "DISABLED"
}

resource "aws_cloudwatch_event_target" "daily" {
  rule  = aws_cloudwatch_event_rule.daily.name
  arn   = aws_sns_topic.alerts.arn
  input = jsonencode({ text = "A <new> day & night" })
}

# --- what logs tell

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${local.name}-errors"
  log_group_name = aws_cloudwatch_log_group.api.name
  pattern        = "{ $.level = \"error\" && $.status > 499 }"

  metric_transformation {
    name      = "Errors"
    namespace = local.name
    value     = "1"
    unit      = "Count"

    default_value = "0"
  }
}

resource "aws_cloudwatch_query_definition" "slow" {
  name            = "${local.name}/slow"
  log_group_names = [aws_cloudwatch_log_group.api.name]
  query_string    = "fields @timestamp, @message\n| filter latency > 1\n| limit 20"
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name

  dashboard_body = jsonencode({
    widgets = [{
      type   = "metric"
      x      = 0
      y      = 0
      width  = 12
      height = 6
      properties = {
        metrics = [["AWS/ECS", "CPUUtilization", "ClusterName", local.name]]
        region  = var.region
        title   = "CPU <%> & more"
      }
    }]
  })
}

resource "aws_budgets_budget" "monthly" {
  name         = local.name
  budget_type  = "COST"
  limit_amount = "200.0"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:tagship:app$${local.name}"]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    notification_type         = "FORECASTED"
    subscriber_sns_topic_arns = [aws_sns_topic.alerts.arn]
  }
}
