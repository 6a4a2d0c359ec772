# Without a value: the webhook is nobody's business but its owner's, and never in Terraform's state.
resource "aws_secretsmanager_secret" "webhook" {
  name        = var.names.webhook_secret
  description = "Slack incoming webhook of ${var.names.function}"

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
  description      = "Posts alarms and events of ${var.cluster.name} to Slack"
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
# the function's own alarm tells by e-mail, and the states of alarms and services stay where they are.
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
