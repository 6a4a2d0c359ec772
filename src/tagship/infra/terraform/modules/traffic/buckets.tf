resource "aws_s3_bucket" "this" {
  for_each = local.buckets

  bucket        = each.value
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

# Not KMS: load balancers write to buckets with S3's own keys only, and WAF to none with a key that AWS manages.
resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    id     = "forget"
    status = "Enabled"

    filter {}

    expiration {
      days = var.days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  dynamic "rule" {
    for_each = each.key == "logs" ? [min(7, var.days)] : []

    content {
      id     = "forget-results"
      status = "Enabled"

      filter {
        prefix = "results/"
      }

      expiration {
        days = rule.value
      }
    }
  }
}

# The statements that AWS itself would add, so that it finds them and adds none beside Terraform.
data "aws_iam_policy_document" "logs" {
  policy_id = "AWSLogDeliveryWrite20150319"

  # Source: CloudWatch Logs, "Logs sent to Amazon S3" (V2). CloudFront's delivery sources are all in us-east-1.
  statement {
    sid       = "AWSLogDeliveryWrite1"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this["logs"].arn}/${local.prefixes.edge}/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.arn}:logs:us-east-1:${local.account}:delivery-source:*"]
    }
  }

  # Source: Elastic Load Balancing, "Enable access logs for your Application Load Balancer".
  statement {
    sid       = "LoadBalancersWrite"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this["logs"].arn}/${local.prefixes.load_balancer}/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.arn}:elasticloadbalancing:${var.region}:${local.account}:loadbalancer/*"]
    }
  }
}

data "aws_iam_policy_document" "firewall" {
  count = length(var.web_acls) > 0 ? 1 : 0

  # Source: WAF, "Sending web ACL traffic logs to an Amazon S3 bucket".
  statement {
    sid       = "AWSLogDeliveryWrite"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this["firewall"].arn}/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = local.firewall_sources
    }
  }

  statement {
    sid       = "AWSLogDeliveryAclCheck"
    actions   = ["s3:GetBucketAcl", "s3:ListBucket"]
    resources = [aws_s3_bucket.this["firewall"].arn]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = local.firewall_sources
    }
  }
}

locals {
  # CloudFront's web ACLs are in us-east-1.
  firewall_sources = distinct([
    for acl in var.web_acls :
    "${local.arn}:logs:${acl.scope == "CLOUDFRONT" ? "us-east-1" : var.region}:${local.account}:*"
  ])
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = each.key == "logs" ? data.aws_iam_policy_document.logs.json : data.aws_iam_policy_document.firewall[0].json
}
