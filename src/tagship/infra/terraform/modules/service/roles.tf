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
  account = data.aws_caller_identity.current.account_id
  place   = data.aws_partition.current.partition

  # A secret's ARN ends with a hyphen and six characters that AWS adds (Secrets Manager user guide, "Permissions
  # policies": "??????"). A name never ends so, hence this is one secret.
  own = var.own_secrets == null ? [] : concat(
    [for name in var.own_secrets.names : "arn:${local.place}:secretsmanager:${var.region}:${local.account}:secret:${name}-??????"],
    [for path in var.own_secrets.paths : "arn:${local.place}:ssm:${var.region}:${local.account}:parameter${path}"],
    var.own_secrets.arns,
  )

  readable = {
    for sid, kind in {
      ReadSecrets    = { service = "secretsmanager", action = "secretsmanager:GetSecretValue", parts = 7 }
      ReadParameters = { service = "ssm", action = "ssm:GetParameters", parts = 6 }
    } :
    sid => {
      action = kind.action
      arns   = distinct([for arn in concat(values(var.secrets), local.own) : join(":", slice(split(":", arn), 0, kind.parts)) if split(":", arn)[2] == kind.service])
    }
  }

  reads_any = length(var.secrets) + length(local.own) > 0
}

# Secrets are ECS's to read, not the application's: it gets their values as environment variables. Of an ARN, what
# follows the secret's name picks a key or a version (ECS developer guide, "Pass Secrets Manager secrets through
# environment variables"); permissions know the secret only. A secret under a KMS key of its own needs more.
data "aws_iam_policy_document" "secrets" {
  count = local.reads_any ? 1 : 0

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
  count = local.reads_any ? 1 : 0

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
