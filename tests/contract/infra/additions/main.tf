# What a team may add beside the architecture that the product makes: the kinds of resource, and the ways to write
# them, that its own modules have none of. Applied, a second plan is empty; destroyed, nothing is left.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

variable "region" {
  description = "Where everything is."
  type        = string
  default     = "eu-central-1"
}

variable "lambda_package" {
  description = "A zip with index.py, which has a function handler."
  type        = string
}

locals {
  name = "additions"
  tags = { "tagship:app" = local.name }
  me   = data.aws_caller_identity.me.account_id
}

data "aws_caller_identity" "me" {}

data "aws_partition" "here" {}

resource "aws_kms_key" "this" {
  description             = "Everything of ${local.name}"
  deletion_window_in_days = 7
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.this.key_id
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.here.partition}:iam::${local.me}:root"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${data.aws_partition.here.partition}:logs:${var.region}:${local.me}:*"]
    }
  }
}

resource "aws_ssm_parameter" "plain" {
  name        = "/${local.name}/plain"
  description = "Not a secret"
  type        = "String"
  value       = "a <b> & c"
}

resource "aws_ssm_parameter" "secure" {
  name             = "/${local.name}/secure"
  type             = "SecureString"
  key_id           = aws_kms_key.this.arn
  value_wo         = "hush"
  value_wo_version = 1
}

resource "aws_ssm_parameter" "secure_in_state" {
  name  = "/${local.name}/secure-in-state"
  type  = "SecureString"
  value = "hush"
}

resource "aws_secretsmanager_secret" "database" {
  name                    = "${local.name}/database"
  description             = "Writer & reader"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = 0
}

resource "aws_key_pair" "this" {
  key_name   = local.name
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0l2ZQmKz1yC1kq0d4gk0c3w5iH6p0QZr6u3m1b0aT additions"
}
