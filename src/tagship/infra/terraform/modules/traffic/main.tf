# Who asks for what, and what they were answered: logs in S3, tables over them, and a place to ask.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  arn     = "arn:${data.aws_partition.current.partition}"

  prefixes = { edge = "edge", load_balancer = "load-balancer" }
  results  = "s3://${aws_s3_bucket.this["logs"].bucket}/results/"

  buckets = merge(
    { logs = var.names.logs_bucket },
    length(var.web_acls) > 0 ? { firewall = var.names.firewall_bucket } : {},
  )

  # WAF writes a web ACL's logs below its region, or below "cloudfront". Source: WAF, "Sending web ACL traffic logs to
  # an Amazon S3 bucket".
  web_acls = [for acl in var.web_acls : "${acl.scope == "CLOUDFRONT" ? "cloudfront" : var.region}/${acl.name}"]
}

# --- the buckets

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

# --- the tables

resource "aws_glue_catalog_database" "this" {
  name        = var.names.database
  description = "Logs of CloudFront, the firewall and the load balancer"
}

locals {
  # Each day is a partition that Athena works out from the query: nothing has to crawl the bucket or add one. One key, of
  # type date, so that a question's first and last day decide what is read (Athena, "Supported types for partition
  # projection").
  days = {
    "projection.enabled"           = "true"
    "projection.day.type"          = "date"
    "projection.day.format"        = "yyyy/MM/dd"
    "projection.day.range"         = "2026/01/01,NOW"
    "projection.day.interval"      = "1"
    "projection.day.interval.unit" = "DAYS"
  }

  tables = merge(
    {
      edge = {
        columns     = local.edge_columns
        keys        = ["day"]
        location    = "s3://${aws_s3_bucket.this["logs"].bucket}/${local.prefixes.edge}/"
        partition   = "$${day}"
        projection  = {}
        input       = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
        output      = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
        serde       = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
        serde_names = { "serialization.format" = "1" }
      }

      load_balancer = {
        columns     = local.load_balancer_columns
        keys        = ["day"]
        location    = "s3://${aws_s3_bucket.this["logs"].bucket}/${local.prefixes.load_balancer}/AWSLogs/${local.account}/elasticloadbalancing/${var.region}/"
        partition   = "$${day}"
        projection  = {}
        input       = "org.apache.hadoop.mapred.TextInputFormat"
        output      = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
        serde       = "org.apache.hadoop.hive.serde2.RegexSerDe"
        serde_names = { "serialization.format" = "1", "input.regex" = local.load_balancer_regex }
      }
    },
    length(var.web_acls) == 0 ? {} : {
      firewall = {
        columns     = local.firewall_columns
        keys        = ["web_acl", "day"]
        location    = "s3://${try(aws_s3_bucket.this["firewall"].bucket, "")}/AWSLogs/${local.account}/WAFLogs/"
        partition   = "$${web_acl}/$${day}"
        projection  = { "projection.web_acl.type" = "enum", "projection.web_acl.values" = join(",", local.web_acls) }
        input       = "org.apache.hadoop.mapred.TextInputFormat"
        output      = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
        serde       = "org.openx.data.jsonserde.JsonSerDe"
        serde_names = { "serialization.format" = "1" }
      }
    },
  )

  # One for each field of the module edge. All are text, whatever they hold, and a column of another type fails the
  # query; a dash is an empty one. Source: Athena, "Create a table for CloudFront logs ... with Parquet".
  edge_columns = [
    { name = "date", type = "string" },
    { name = "time", type = "string" },
    { name = "timestamp_ms", type = "string" },
    { name = "c_ip", type = "string" },
    { name = "c_country", type = "string" },
    { name = "asn", type = "string" },
    { name = "cs_method", type = "string" },
    { name = "cs_protocol", type = "string" },
    { name = "cs_protocol_version", type = "string" },
    { name = "x_host_header", type = "string" },
    { name = "cs_uri_stem", type = "string" },
    { name = "cs_user_agent", type = "string" },
    { name = "cs_bytes", type = "string" },
    { name = "sc_status", type = "string" },
    { name = "sc_bytes", type = "string" },
    { name = "sc_content_type", type = "string" },
    { name = "time_taken", type = "string" },
    { name = "time_to_first_byte", type = "string" },
    { name = "origin_fbl", type = "string" },
    { name = "origin_lbl", type = "string" },
    { name = "x_edge_location", type = "string" },
    { name = "x_edge_request_id", type = "string" },
    { name = "x_edge_result_type", type = "string" },
    { name = "x_edge_detailed_result_type", type = "string" },
    { name = "ssl_protocol", type = "string" },
    { name = "cache_behavior_path_pattern", type = "string" },
  ]

  # Source: Athena, "Create the table for ALB access logs".
  load_balancer_columns = [
    { name = "type", type = "string" },
    { name = "time", type = "string" },
    { name = "elb", type = "string" },
    { name = "client_ip", type = "string" },
    { name = "client_port", type = "int" },
    { name = "target_ip", type = "string" },
    { name = "target_port", type = "int" },
    { name = "request_processing_time", type = "double" },
    { name = "target_processing_time", type = "double" },
    { name = "response_processing_time", type = "double" },
    { name = "elb_status_code", type = "int" },
    { name = "target_status_code", type = "string" },
    { name = "received_bytes", type = "bigint" },
    { name = "sent_bytes", type = "bigint" },
    { name = "request_verb", type = "string" },
    { name = "request_url", type = "string" },
    { name = "request_proto", type = "string" },
    { name = "user_agent", type = "string" },
    { name = "ssl_cipher", type = "string" },
    { name = "ssl_protocol", type = "string" },
    { name = "target_group_arn", type = "string" },
    { name = "trace_id", type = "string" },
    { name = "domain_name", type = "string" },
    { name = "chosen_cert_arn", type = "string" },
    { name = "matched_rule_priority", type = "string" },
    { name = "request_creation_time", type = "string" },
    { name = "actions_executed", type = "string" },
    { name = "redirect_url", type = "string" },
    { name = "lambda_error_reason", type = "string" },
    { name = "target_port_list", type = "string" },
    { name = "target_status_code_list", type = "string" },
    { name = "classification", type = "string" },
    { name = "classification_reason", type = "string" },
    { name = "conn_trace_id", type = "string" },
  ]

  # A group for each column; what AWS adds to the end of a line in future is left over.
  load_balancer_regex = join("", [
    "([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ",
    "([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) ",
    "\"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) ",
    "\"([^\"]*)\" \"([^\"]*)\" \"([^\"]*)\" ([-.0-9]*) ([^ ]*) \"([^\"]*)\" \"([^\"]*)\" ",
    "\"([^ ]*)\" \"([^\\s]+?)\" \"([^\\s]+)\" \"([^ ]*)\" \"([^ ]*)\" ?([^ ]*)?( .*)?",
  ])

  # Source: Athena, "Create a table for AWS WAF S3 logs in Athena using partition projection".
  firewall_columns = [
    { name = "timestamp", type = "bigint" },
    { name = "formatversion", type = "int" },
    { name = "webaclid", type = "string" },
    { name = "terminatingruleid", type = "string" },
    { name = "terminatingruletype", type = "string" },
    { name = "action", type = "string" },
    { name = "terminatingrulematchdetails", type = "array<${local.match_details}>" },
    { name = "httpsourcename", type = "string" },
    { name = "httpsourceid", type = "string" },
    { name = "rulegrouplist", type = "array<struct<rulegroupid:string,terminatingrule:struct<ruleid:string,action:string,rulematchdetails:array<${local.match_details}>>,nonterminatingmatchingrules:array<struct<ruleid:string,action:string,overriddenaction:string,rulematchdetails:array<${local.match_details}>>>,excludedrules:string>>" },
    { name = "ratebasedrulelist", type = "array<struct<ratebasedruleid:string,limitkey:string,maxrateallowed:int>>" },
    { name = "nonterminatingmatchingrules", type = "array<struct<ruleid:string,action:string,rulematchdetails:array<${local.match_details}>>>" },
    { name = "requestheadersinserted", type = "array<struct<name:string,value:string>>" },
    { name = "responsecodesent", type = "string" },
    { name = "httprequest", type = "struct<clientip:string,country:string,headers:array<struct<name:string,value:string>>,uri:string,args:string,httpversion:string,httpmethod:string,requestid:string,fragment:string,scheme:string,host:string>" },
    { name = "labels", type = "array<struct<name:string>>" },
    { name = "ja3fingerprint", type = "string" },
    { name = "ja4fingerprint", type = "string" },
    { name = "oversizefields", type = "string" },
    { name = "requestbodysize", type = "int" },
    { name = "requestbodysizeinspectedbywaf", type = "int" },
  ]

  match_details = "struct<conditiontype:string,sensitivitylevel:string,location:string,matcheddata:array<string>>"
}

resource "aws_glue_catalog_table" "this" {
  for_each = local.tables

  name          = each.key
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"

  parameters = merge(local.days, each.value.projection, {
    EXTERNAL                    = "TRUE"
    "storage.location.template" = "${each.value.location}${each.value.partition}"
  })

  dynamic "partition_keys" {
    for_each = each.value.keys

    content {
      name = partition_keys.value
      type = "string"
    }
  }

  storage_descriptor {
    location      = each.value.location
    input_format  = each.value.input
    output_format = each.value.output

    ser_de_info {
      serialization_library = each.value.serde
      parameters            = each.value.serde_names
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name = columns.value.name
        type = columns.value.type
      }
    }
  }
}

# --- where they are asked

resource "aws_athena_workgroup" "this" {
  name          = var.names.workgroup
  description   = "Who asks for what, and what they were answered"
  force_destroy = var.force_destroy

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    # 10 GiB, about five cents: a query that forgets to name its days ends here.
    bytes_scanned_cutoff_per_query = 10737418240

    result_configuration {
      output_location = local.results

      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}

locals {
  queries = merge(
    {
      "requests-by-country" = <<-SQL
        -- Requests, traffic and errors by country, last seven days
        SELECT
          c_country AS country,
          count(*) AS requests,
          sum(try_cast(sc_bytes AS bigint)) AS bytes,
          count_if(sc_status LIKE '4%') AS client_errors,
          count_if(sc_status LIKE '5%') AS server_errors,
          round(100.0 * count_if(sc_status LIKE '5%') / count(*), 2) AS server_errors_percent
        FROM edge
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
        GROUP BY c_country
        ORDER BY requests DESC
      SQL

      "requests-by-hour" = <<-SQL
        -- Requests, traffic, errors and how long answers took, hour by hour (UTC), last two days
        SELECT
          concat("date", ' ', substr("time", 1, 2)) AS hour,
          count(*) AS requests,
          sum(try_cast(sc_bytes AS bigint)) AS bytes,
          count_if(sc_status LIKE '4%') AS client_errors,
          count_if(sc_status LIKE '5%') AS server_errors,
          approx_percentile(try_cast(time_taken AS double), 0.5) AS seconds_median,
          approx_percentile(try_cast(time_taken AS double), 0.95) AS seconds_p95
        FROM edge
        WHERE day >= date_format(current_date - interval '2' day, '%Y/%m/%d')
        GROUP BY concat("date", ' ', substr("time", 1, 2))
        ORDER BY hour
      SQL

      "errors-by-path" = <<-SQL
        -- Which paths were answered with an error, and who answered: CloudFront or what is behind it, last seven days
        SELECT
          cs_uri_stem AS path,
          sc_status AS status,
          x_edge_detailed_result_type AS result,
          count(*) AS requests,
          count(DISTINCT c_ip) AS addresses
        FROM edge
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
          AND (sc_status LIKE '4%' OR sc_status LIKE '5%')
        GROUP BY cs_uri_stem, sc_status, x_edge_detailed_result_type
        ORDER BY requests DESC
        LIMIT 100
      SQL

      "busiest-addresses" = <<-SQL
        -- Who asks most, last day
        SELECT
          c_ip AS address,
          c_country AS country,
          asn,
          count(*) AS requests,
          count_if(sc_status LIKE '4%') AS client_errors,
          max(cs_user_agent) AS a_user_agent
        FROM edge
        WHERE day >= date_format(current_date - interval '1' day, '%Y/%m/%d')
        GROUP BY c_ip, c_country, asn
        ORDER BY requests DESC
        LIMIT 100
      SQL

      "services-by-status" = <<-SQL
        -- What the services answered, and how long they took, last seven days; a dash is a target that did not answer
        SELECT
          target_group_arn,
          elb_status_code,
          target_status_code,
          count(*) AS requests,
          approx_percentile(target_processing_time, 0.95) AS seconds_p95
        FROM load_balancer
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
        GROUP BY target_group_arn, elb_status_code, target_status_code
        ORDER BY requests DESC
      SQL
    },
    length(var.web_acls) == 0 ? {} : {
      "blocked-by-rule" = <<-SQL
        -- What the firewall blocked, by rule and country, last seven days
        SELECT
          terminatingruleid AS rule,
          httprequest.country AS country,
          count(*) AS requests,
          count(DISTINCT httprequest.clientip) AS addresses
        FROM firewall
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
          AND action = 'BLOCK'
        GROUP BY terminatingruleid, httprequest.country
        ORDER BY requests DESC
        LIMIT 100
      SQL

      "found-by-label" = <<-SQL
        -- What the rules found, blocked or only counted: read this before the mode becomes block, last seven days
        SELECT
          label,
          action,
          httprequest.uri AS path,
          count(*) AS requests,
          count(DISTINCT httprequest.clientip) AS addresses
        FROM firewall
        CROSS JOIN UNNEST(transform(labels, found -> found.name)) AS labelled (label)
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
          AND label LIKE 'awswaf:managed:aws:%'
        GROUP BY label, action, httprequest.uri
        ORDER BY requests DESC
        LIMIT 100
      SQL
    },
  )
}

resource "aws_athena_named_query" "this" {
  for_each = local.queries

  name        = each.key
  description = trimprefix(split("\n", each.value)[0], "-- ")
  workgroup   = aws_athena_workgroup.this.id
  database    = aws_glue_catalog_database.this.name
  query       = each.value
}
