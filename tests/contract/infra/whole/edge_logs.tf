# --- logs

resource "aws_cloudwatch_log_group" "waf_regional" {
  name              = "aws-waf-logs-${local.name}"
  retention_in_days = 14
}

resource "aws_cloudwatch_log_group" "waf_edge" {
  provider = aws.us_east_1

  name              = "aws-waf-logs-${local.name}"
  retention_in_days = 14
}

data "aws_iam_policy_document" "waf_logs" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.waf_edge.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "waf" {
  provider = aws.us_east_1

  policy_name     = "${local.name}-waf"
  policy_document = data.aws_iam_policy_document.waf_logs.json
}

resource "aws_wafv2_web_acl_logging_configuration" "regional" {
  resource_arn            = aws_wafv2_web_acl.regional.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf_regional.arn]
}

resource "aws_wafv2_web_acl_logging_configuration" "edge" {
  provider = aws.us_east_1

  resource_arn            = aws_wafv2_web_acl.edge.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf_edge.arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }

  depends_on = [aws_cloudwatch_log_resource_policy.waf]
}

# --- CloudFront's standard logs, version 2

resource "aws_cloudwatch_log_delivery_source" "edge" {
  provider = aws.us_east_1

  name         = "${local.name}-edge"
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "bucket" {
  provider = aws.us_east_1

  name          = "${local.name}-bucket"
  output_format = "parquet"

  delivery_destination_configuration {
    destination_resource_arn = "${aws_s3_bucket.logs.arn}/edge"
  }
}

resource "aws_cloudwatch_log_delivery" "edge" {
  provider = aws.us_east_1

  delivery_source_name     = aws_cloudwatch_log_delivery_source.edge.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.bucket.arn
  record_fields            = ["date", "time", "c-ip", "c-country", "sc-status", "cs-uri-stem"]

  s3_delivery_configuration {
    suffix_path                 = "/{DistributionId}/{yyyy}/{MM}/{dd}/{HH}"
    enable_hive_compatible_path = true
  }
}
