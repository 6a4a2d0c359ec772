# Who may deploy: this repository's tags, without any key that could be lost.
#
# The permissions are those of the calls that a release makes, and tests/unit/infra/test_github.py holds them together.
# Which action knows which resource: AWS's Service Authorization Reference.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  issuer = "token.actions.githubusercontent.com"

  # The second form is that of repositories made or renamed since 2026-07-15, and of those that chose it (GitHub changelog of
  # 2026-04-23, "Immutable subject claims for GitHub Actions OIDC tokens").
  owner      = split("/", var.repository)[0]
  name       = split("/", var.repository)[1]
  numbered   = "${local.owner}@${coalesce(var.owner_id, "0")}/${local.name}@${coalesce(var.repository_id, "0")}"
  repository = concat(var.only_numbers ? [] : [var.repository], var.owner_id == null ? [] : [local.numbered])

  # Never both: a job that names no environment would get by the environment's reviewers.
  context  = var.environment == null ? "ref:refs/tags/${var.tag_pattern}" : "environment:${var.environment}"
  subjects = [for repository in local.repository : "repo:${repository}:${local.context}"]
}

# --- GitHub

# No thumbprint: AWS checks GitHub's certificate by its own library of root authorities (IAM API reference,
# UpdateOpenIDConnectProviderThumbprint).
resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_openid_connect_provider" "github" {
  count = var.create_provider ? 0 : 1

  url = "https://${local.issuer}"
}

data "aws_iam_policy_document" "assumed_by_github" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [one(concat(aws_iam_openid_connect_provider.github[*].arn, data.aws_iam_openid_connect_provider.github[*].arn))]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "${local.issuer}:sub"
      values   = local.subjects
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = var.names.role
  description        = "GitHub: deploys tags of ${var.repository}"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_github.json

  # A release of many waves may take longer than the usual hour, if the workflow asks for it.
  max_session_duration = 7200
}

# --- what a release does in the environment

locals {
  # arn:aws:ecs:region:account:cluster/name
  arn     = split(":", var.cluster_arn)
  cluster = split("/", var.cluster_arn)[1]
  ecs     = join(":", slice(local.arn, 0, 5))
  bucket  = "arn:${data.aws_partition.current.partition}:s3:::${var.buckets.environment}"
  secrets = concat(
    [for prefix in var.secrets.prefix[*] : "arn:${local.arn[1]}:secretsmanager:${local.arn[3]}:${local.arn[4]}:secret:${prefix}/*"],
    var.secrets.arns,
  )
  site = var.buckets.site == null ? [] : ["arn:${data.aws_partition.current.partition}:s3:::${var.buckets.site}"]
}

data "aws_iam_policy_document" "environment" {
  # These actions know no resource.
  statement {
    sid = "LookAround"
    actions = [
      "application-autoscaling:DescribeScalableTargets",
      "cloudwatch:GetMetricStatistics",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSubnets",
      "ecr:GetAuthorizationToken",
      "ecs:DescribeTaskDefinition",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
      "logs:DescribeLogGroups",
      "servicequotas:GetServiceQuota",
    ]
    resources = ["*"]
  }

  # Knows no resource but container instances, and Fargate has none.
  statement {
    sid       = "FindTasks"
    actions   = ["ecs:ListTasks"]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [var.cluster_arn]
    }
  }

  # Tasks, deployments and revisions are named by ECS. Whoever stops a deployment must be allowed its service, too.
  statement {
    sid       = "FollowTasks"
    actions   = ["ecs:DescribeTasks", "ecs:StopTask"]
    resources = ["${local.ecs}:task/${local.cluster}/*"]
  }

  statement {
    sid     = "FollowRollouts"
    actions = ["ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:StopServiceDeployment"]
    resources = [
      "${local.ecs}:service-deployment/${local.cluster}/*",
      "${local.ecs}:service-revision/${local.cluster}/*",
    ]
  }

  # Tags are given at registration and never again: releases trust what a revision's tags say of it (ECS developer
  # guide, "Grant permission to tag resources on creation"). Which families, the right to register says.
  statement {
    sid       = "TagNewRevisions"
    actions   = ["ecs:TagResource"]
    resources = ["${local.ecs}:task-definition/*"]

    condition {
      test     = "StringEquals"
      variable = "ecs:CreateAction"
      values   = ["RegisterTaskDefinition"]
    }
  }

  statement {
    sid       = "KnowWhatStands"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket}/infra/outputs.json", "${local.bucket}/releases/*"]
  }

  # Not Terraform's state.
  statement {
    sid       = "RecordReleases"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket}/releases/*"]
  }

  # Without a prefix it is asked whether there is a bucket at all (HeadBucket).
  statement {
    sid       = "ListReleases"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket]

    condition {
      test     = "StringLikeIfExists"
      variable = "s3:prefix"
      values   = ["releases/*"]
    }
  }

  # Scaling gets its lower bound with the first task: nothing else of it is a release's. Here and not beside what else is
  # done with a service, where five of the longest names leave no room; what is inline has 10,240 characters in all.
  dynamic "statement" {
    for_each = [for arns in [compact([for service in var.services : service.scalable_target_arn])] : arns if length(arns) > 0]

    content {
      sid       = "BoundScaling"
      actions   = ["application-autoscaling:RegisterScalableTarget"]
      resources = statement.value
    }
  }

  # Names, tags and versions, and no value.
  dynamic "statement" {
    for_each = length(local.secrets) > 0 ? [local.secrets] : []

    content {
      sid       = "LookAtSecrets"
      actions   = ["secretsmanager:DescribeSecret"]
      resources = statement.value
    }
  }

  # As with secrets; it knows no resource.
  dynamic "statement" {
    for_each = var.secrets.parameters ? ["*"] : []

    content {
      sid       = "LookAtParameters"
      actions   = ["ssm:DescribeParameters"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.site

    content {
      sid       = "PublishSite"
      actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      resources = ["${statement.value}/*"]
    }
  }

  dynamic "statement" {
    for_each = local.site

    content {
      sid       = "ListSite"
      actions   = ["s3:ListBucket"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = var.distribution_arn == null ? [] : [var.distribution_arn]

    content {
      sid       = "ForgetWhatWasCached"
      actions   = ["cloudfront:CreateInvalidation", "cloudfront:GetDistribution", "cloudfront:GetInvalidation"]
      resources = [statement.value]
    }
  }
}

resource "aws_iam_role_policy" "environment" {
  name   = "environment"
  role   = aws_iam_role.deploy.id
  policy = data.aws_iam_policy_document.environment.json
}

# --- what a release does with its services

locals {
  # A policy has 6,144 characters, and a role takes ten of them (IAM user guide, "IAM and STS quotas"): with the longest
  # names that tagship makes, five services fit.
  groups = { for index, keys in chunklist(sort(keys(var.services)), 5) : format("%02d", index + 1) => [for key in keys : var.services[key]] }
}

data "aws_iam_policy_document" "services" {
  for_each = local.groups

  statement {
    sid = "Roll"
    actions = [
      "ecs:DescribeServiceDeployments",
      "ecs:DescribeServiceRevisions",
      "ecs:DescribeServices",
      "ecs:ListServiceDeployments",
      "ecs:StopServiceDeployment",
      "ecs:UpdateService",
    ]
    resources = [for service in each.value : service.service_arn]
  }

  # Running a task always tells the cluster; registering a revision never does.
  statement {
    sid       = "RegisterAndMigrate"
    actions   = ["ecs:RegisterTaskDefinition", "ecs:RunTask"]
    resources = [for service in each.value : "${local.ecs}:task-definition/${service.task_family}:*"]

    condition {
      test     = "ArnEqualsIfExists"
      variable = "ecs:cluster"
      values   = [var.cluster_arn]
    }
  }

  statement {
    sid       = "PassRolesToTasks"
    actions   = ["iam:PassRole"]
    resources = flatten([for service in each.value : service.role_arns])

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  # Before it touches anything, a release looks whether the roles may do what they will have to.
  statement {
    sid       = "LookAtRoles"
    actions   = ["iam:GetRole", "iam:SimulatePrincipalPolicy"]
    resources = flatten([for service in each.value : service.role_arns])
  }

  # The user guide's list for pushing (ECR, "IAM permissions for pushing an image"), how a release finds a digest, and
  # how it reads from which commit an image was built.
  statement {
    sid = "PushImages"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeImages",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [for service in each.value : service.repository_arn]
  }

  # With :* at the end: only tagging takes the ARN without (CloudWatch Logs user guide, "Resources").
  statement {
    sid       = "ReadLogs"
    actions   = ["logs:FilterLogEvents", "logs:GetLogEvents"]
    resources = [for service in each.value : "${service.log_group_arn}:*"]
  }
}

resource "aws_iam_policy" "services" {
  for_each = local.groups

  name        = "${var.names.role}-${each.key}"
  description = "Permissions of ${var.names.role} on its services"
  policy      = data.aws_iam_policy_document.services[each.key].json
}

resource "aws_iam_role_policy_attachment" "services" {
  for_each = local.groups

  role       = aws_iam_role.deploy.name
  policy_arn = aws_iam_policy.services[each.key].arn
}
