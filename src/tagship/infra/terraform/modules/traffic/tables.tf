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
