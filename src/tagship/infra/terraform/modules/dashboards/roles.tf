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
      values   = ["${local.arn}:ecs:${var.region}:${local.account}:*"]
    }
  }
}

locals {
  arn     = "arn:${data.aws_partition.current.partition}"
  account = data.aws_caller_identity.current.account_id
  catalog = "${local.arn}:glue:${var.region}:${local.account}"
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]
  }
}

# The role is the fence: whoever is signed in may send any query to a data source, not only those of the dashboards.
data "aws_iam_policy_document" "task" {
  statement {
    sid       = "ReadMetrics"
    actions   = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]
    resources = ["*"] # These actions know no resource.
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid = "AskTraffic"
      actions = [
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetWorkGroup",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ]
      resources = ["${local.arn}:athena:${var.region}:${local.account}:workgroup/${statement.value.workgroup}"]
    }
  }

  # Athena asks Glue and S3 as whoever asks Athena.
  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid     = "KnowTrafficTables"
      actions = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
      resources = [
        "${local.catalog}:catalog",
        "${local.catalog}:database/${statement.value.database}",
        "${local.catalog}:table/${statement.value.database}/*",
      ]
    }
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid       = "ListTrafficLogs"
      actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
      resources = distinct(concat(statement.value.bucket_arns, [local.results_bucket]))
    }
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid       = "ReadTrafficLogs"
      actions   = ["s3:GetObject"]
      resources = [for bucket in statement.value.bucket_arns : "${bucket}/*"]
    }
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid       = "KeepResults"
      actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
      resources = ["${local.results}*"]
    }
  }
}

locals {
  results        = one([for traffic in var.traffic[*] : "${local.arn}:s3:::${trimprefix(traffic.results, "s3://")}"])
  results_bucket = one([for traffic in var.traffic[*] : "${local.arn}:s3:::${split("/", trimprefix(traffic.results, "s3://"))[0]}"])
}

resource "aws_iam_role" "execution" {
  name               = var.names.execution_role
  description        = "ECS: writes the log of ${var.names.task_family}"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

resource "aws_iam_role_policy" "execution" {
  name   = "log"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role" "task" {
  name               = var.names.task_role
  description        = "Grafana: reads metrics and traffic logs"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

resource "aws_iam_role_policy" "task" {
  name   = "read"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}

resource "aws_cloudwatch_log_group" "this" {
  name              = var.names.log_group
  retention_in_days = var.log_retention_days
}
