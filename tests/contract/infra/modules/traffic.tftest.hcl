mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::bucket" }
  }
}

variables {
  names = {
    logs_bucket     = "notes-staging--logs-123456789012-eu-central-1"
    firewall_bucket = "aws-waf-logs-notes-staging-123456789012-eu-central-1"
    database        = "notes_staging"
    workgroup       = "notes-staging"
  }

  region = "eu-central-1"
}

run "without_a_firewall" {
  command = apply

  module {
    source = "./modules/traffic"
  }

  variables {
    force_destroy = true
    days          = 5
  }

  assert {
    condition     = keys(aws_s3_bucket.this) == ["logs"] && keys(output.tables) == ["edge", "load_balancer"] && output.firewall_logs_arn == null
    error_message = "What nobody writes is not made."
  }

  assert {
    condition     = alltrue(values(aws_s3_bucket.this)[*].force_destroy) && aws_athena_workgroup.this.force_destroy
    error_message = "An environment that is not protected must be destroyable."
  }

  assert {
    condition     = alltrue([for query in aws_athena_named_query.this : !strcontains(query.query, "FROM firewall")])
    error_message = "No query asks a table that is not there."
  }

  assert {
    condition     = { for rule in aws_s3_bucket_lifecycle_configuration.this["logs"].rule : rule.id => one(rule.expiration).days } == { forget = 5, forget-results = 5 }
    error_message = "Nothing is kept longer than was asked for."
  }

  assert {
    condition     = output.results == "s3://notes-staging--logs-123456789012-eu-central-1/results/" && output.prefixes == { edge = "edge", load_balancer = "load-balancer" }
    error_message = "Others need to know where logs and results are."
  }
}

run "logs_are_private_encrypted_and_forgotten" {
  command = plan

  module {
    source = "./modules/traffic"
  }

  variables {
    web_acls = [{ name = "notes-staging", scope = "CLOUDFRONT" }, { name = "notes-staging", scope = "REGIONAL" }]
  }

  assert {
    condition = keys(aws_s3_bucket.this) == ["firewall", "logs"] && alltrue([
      for block in aws_s3_bucket_public_access_block.this : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ])
    error_message = "Both buckets must be private."
  }

  assert {
    condition     = alltrue([for encryption in aws_s3_bucket_server_side_encryption_configuration.this : one(one(encryption.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"])
    error_message = "Both buckets must be encrypted, with the only keys that load balancers write with."
  }

  assert {
    condition     = !anytrue(values(aws_s3_bucket.this)[*].force_destroy) && !aws_athena_workgroup.this.force_destroy
    error_message = "Logs are not deleted by mistake."
  }

  assert {
    condition     = alltrue([for bucket in aws_s3_bucket_lifecycle_configuration.this : one([for rule in bucket.rule : one(rule.expiration).days if rule.id == "forget"]) == 90])
    error_message = "Logs go after 90 days."
  }

  assert {
    condition = alltrue([
      for statement in concat(data.aws_iam_policy_document.logs.statement, data.aws_iam_policy_document.firewall[0].statement) :
      !anytrue([for action in statement.actions : strcontains(action, "*")])
      && one(statement.principals).type == "Service"
      && contains([for condition in statement.condition : condition.variable], "aws:SourceArn")
    ])
    error_message = "Only AWS's own services write, each for this account's resources, and each action by its name."
  }

  assert {
    condition = flatten([
      for statement in data.aws_iam_policy_document.firewall[0].statement : [for condition in statement.condition : condition.values if condition.variable == "aws:SourceArn"]
      ]) == [
      "arn:aws:logs:us-east-1:123456789012:*", "arn:aws:logs:eu-central-1:123456789012:*",
      "arn:aws:logs:us-east-1:123456789012:*", "arn:aws:logs:eu-central-1:123456789012:*",
    ]
    error_message = "CloudFront's web ACLs deliver from us-east-1, the load balancer's from its own region."
  }
}

run "tables_know_their_days" {
  command = plan

  module {
    source = "./modules/traffic"
  }

  variables {
    web_acls = [{ name = "notes-staging", scope = "CLOUDFRONT" }, { name = "notes-staging", scope = "REGIONAL" }]
  }

  assert {
    condition = { for name, table in aws_glue_catalog_table.this : name => table.parameters["storage.location.template"] } == {
      edge          = "s3://notes-staging--logs-123456789012-eu-central-1/edge/$${day}"
      load_balancer = "s3://notes-staging--logs-123456789012-eu-central-1/load-balancer/AWSLogs/123456789012/elasticloadbalancing/eu-central-1/$${day}"
      firewall      = "s3://aws-waf-logs-notes-staging-123456789012-eu-central-1/AWSLogs/123456789012/WAFLogs/$${web_acl}/$${day}"
    }
    error_message = "Each table must look where AWS writes."
  }

  assert {
    condition     = aws_glue_catalog_table.this["firewall"].parameters["projection.web_acl.values"] == "cloudfront/notes-staging,eu-central-1/notes-staging"
    error_message = "CloudFront's web ACL writes below cloudfront, the load balancer's below its region."
  }

  assert {
    condition = alltrue([
      for table in aws_glue_catalog_table.this : alltrue([
        for key in table.partition_keys : contains(keys(table.parameters), "projection.${key.name}.type") && key.type == "string"
      ])
    ])
    error_message = "A partition key without a projection makes every query fail."
  }

  assert {
    condition     = alltrue([for column in aws_glue_catalog_table.this["edge"].storage_descriptor[0].columns : column.type == "string"])
    error_message = "CloudFront writes text only: a column of another type fails the query."
  }

  assert {
    condition = length(aws_glue_catalog_table.this["load_balancer"].storage_descriptor[0].columns) + 1 == length(regexall(
      "\\([^?]", aws_glue_catalog_table.this["load_balancer"].storage_descriptor[0].ser_de_info[0].parameters["input.regex"]
    ))
    error_message = "The expression has a group for each column, and one for what AWS adds in future."
  }

  assert {
    condition = can(regex(
      "^(${aws_glue_catalog_table.this["load_balancer"].storage_descriptor[0].ser_de_info[0].parameters["input.regex"]})$",
      "https 2026-11-26T22:23:00.186641Z app/notes-staging/50dc6c495c0c9188 10.0.0.7:2817 10.0.0.1:8000 0.086 0.048 0.037 200 200 0 57 \"GET https://notes.example.com:443/api/notes HTTP/1.1\" \"curl/7.46.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/notes/73e2d6bc24d8a067 \"Root=1-58337281-1d84f3d73c47ec4e58577259\" \"notes.example.com\" \"arn:aws:acm:eu-central-1:123456789012:certificate/12345678\" 1 2026-11-26T22:22:48.364000Z \"forward\" \"-\" \"-\" \"10.0.0.1:8000\" \"200\" \"-\" \"-\" TID_dc57cebed65b444ebc8177bb698fe166"
    ))
    error_message = "A line as AWS documents it must fit."
  }
}

run "asking_is_limited" {
  command = plan

  module {
    source = "./modules/traffic"
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].enforce_workgroup_configuration && aws_athena_workgroup.this.configuration[0].bytes_scanned_cutoff_per_query == 10737418240
    error_message = "No query may read more than 10 GiB, whoever asks."
  }

  assert {
    condition     = one(one(aws_athena_workgroup.this.configuration[0].result_configuration).encryption_configuration).encryption_option == "SSE_S3"
    error_message = "Results must be encrypted."
  }

  assert {
    condition     = alltrue([for query in aws_athena_named_query.this : strcontains(query.query, "WHERE day >= date_format(") && length(query.description) > 20])
    error_message = "Each query names its days, and says what it is for."
  }
}

run "what_aws_would_refuse_is_refused_before" {
  command = plan

  module {
    source = "./modules/traffic"
  }

  variables {
    days     = 0
    web_acls = [{ name = "notes", scope = "GLOBAL" }]

    names = {
      logs_bucket     = "logs.notes"
      firewall_bucket = "waf-logs-notes"
      database        = "notes-staging"
      workgroup       = "notes staging"
    }
  }

  expect_failures = [var.days, var.web_acls, var.names]
}
