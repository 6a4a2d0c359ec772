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

  mock_resource "aws_sns_topic" {
    override_during = plan
    defaults        = { arn = "arn:aws:sns:eu-central-1:123456789012:notes-staging-alerts" }
  }

  mock_resource "aws_kms_key" {
    override_during = plan
    defaults        = { arn = "arn:aws:kms:eu-central-1:123456789012:key/1" }
  }

  mock_resource "aws_secretsmanager_secret" {
    override_during = plan
    defaults        = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-staging/slack-abcdef" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    override_during = plan
    defaults        = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/notes-staging-alerts" }
  }

  mock_resource "aws_iam_role" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:role/notes-staging-alerts" }
  }

  mock_resource "aws_lambda_function" {
    override_during = plan
    defaults        = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:notes-staging-alerts" }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    override_during = plan
    defaults        = { arn = "arn:aws:events:eu-central-1:123456789012:rule/notes-staging" }
  }
}

variables {
  names = {
    topic          = "notes-staging-alerts"
    function       = "notes-staging-alerts"
    role           = "notes-staging-alerts"
    log_group      = "/aws/lambda/notes-staging-alerts"
    webhook_secret = "notes-staging/slack"
    rule_prefix    = "notes-staging"
    alarm_prefix   = "notes-staging"
  }

  package                  = "tests/alerts.tftest.hcl" # any file will do: nothing runs
  cluster                  = { arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/notes-staging", name = "notes-staging" }
  services                 = { api = { name = "api", target_group_arn_suffix = "targetgroup/notes-staging--api/1" } }
  load_balancer_arn_suffix = "app/notes-staging/1"
}

run "a_small_environment_is_watched_without_a_database_and_without_email" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  assert {
    condition = toset([for alarm in aws_cloudwatch_metric_alarm.service : alarm.alarm_name]) == toset([
      "notes-staging--api-cpu", "notes-staging--api-errors", "notes-staging--api-latency",
      "notes-staging--api-memory", "notes-staging--api-unhealthy",
    ])
    error_message = "A service has five alarms."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.database) == 0 && length(aws_sns_topic_subscription.email) == 0 && length(aws_cloudwatch_event_target.email) == 0
    error_message = "What is not there is not watched, and nobody gets e-mail unasked."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.service), [aws_cloudwatch_metric_alarm.load_balancer]) :
      alarm.treat_missing_data == "notBreaching" && length(alarm.alarm_actions) == 1 && length(alarm.ok_actions) == 1
    ])
    error_message = "Without requests there is no data and nothing wrong; both states are told."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.service["api-latency"].extended_statistic == "p95"
      && aws_cloudwatch_metric_alarm.service["api-latency"].statistic == null
      && aws_cloudwatch_metric_alarm.service["api-unhealthy"].threshold == 0
      && aws_cloudwatch_metric_alarm.service["api-cpu"].dimensions == tomap({ ClusterName = "notes-staging", ServiceName = "api" })
    )
    error_message = "Each alarm follows its own metric."
  }
}

run "the_topic_is_encrypted_by_a_key_that_alarms_may_use" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == aws_kms_key.topic.arn && aws_kms_key.topic.enable_key_rotation
    error_message = "alias/aws/sns does not let alarms in."
  }

  assert {
    condition = [
      for statement in concat(data.aws_iam_policy_document.key.statement, data.aws_iam_policy_document.topic.statement) :
      "${one(flatten([for who in statement.principals : tolist(who.identifiers)]))} ${join(" ", sort([for condition in statement.condition : condition.variable]))}"
      ] == [
      "arn:aws:iam::123456789012:root ",
      "cloudwatch.amazonaws.com aws:SourceAccount aws:SourceArn",
      "cloudwatch.amazonaws.com aws:SourceAccount aws:SourceArn",
    ]
    error_message = "Only this account's alarms publish, and only the account administers the key."
  }
}

run "no_permission_is_wider_than_its_use" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  assert {
    condition = alltrue(flatten([
      for document in [data.aws_iam_policy_document.function, data.aws_iam_policy_document.key, data.aws_iam_policy_document.topic] :
      [for statement in document.statement : [for action in statement.actions : !strcontains(action, "*")]]
    ]))
    error_message = "No action may hold a wildcard."
  }

  assert {
    condition = toset(flatten([for statement in data.aws_iam_policy_document.function.statement : tolist(statement.resources)])) == toset([
      "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-staging/slack-abcdef",
      "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/notes-staging-alerts:log-stream:*",
    ])
    error_message = "The function reads its one secret and writes its own log."
  }

  assert {
    condition = [
      for condition in data.aws_iam_policy_document.assumed_by_function.statement[0].condition :
      "${condition.variable} ${join(" ", condition.values)}"
    ] == ["aws:SourceAccount 123456789012"]
    error_message = "Functions of other accounts must not take the role."
  }

  assert {
    condition = alltrue([
      for permission in values(aws_lambda_permission.rule) :
      permission.source_account == "123456789012" && permission.source_arn != null
    ])
    error_message = "Only this account's rules invoke the function."
  }

  assert {
    condition     = aws_lambda_permission.topic.source_arn != null && aws_lambda_permission.topic.source_account == null
    error_message = "The topic's ARN holds the account, and whether SNS sends it beside is not documented."
  }
}

run "the_function_runs_as_it_was_tested_and_holds_no_webhook" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "Python 3.13 on Graviton."
  }

  assert {
    condition     = keys(one(aws_lambda_function.this.environment).variables) == tolist(["CLUSTER", "WEBHOOK_SECRET"])
    error_message = "The function is told where its secret is, not what it holds."
  }

  assert {
    condition     = aws_secretsmanager_secret.webhook.recovery_window_in_days == 0
    error_message = "A name that waits for its end would block the next apply."
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.function.filter_policy) == { AlarmName = [{ exists = true }] } && aws_sns_topic_subscription.function.filter_policy_scope == "MessageBody"
    error_message = "The function gets alarms from the topic, and all else from EventBridge."
  }
}

run "rules_take_this_clusters_events_only" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  assert {
    condition = {
      for name, rule in aws_cloudwatch_event_rule.this : rule.name => jsondecode(rule.event_pattern)
      } == {
      "notes-staging-deployment" = {
        source        = ["aws.ecs"]
        "detail-type" = ["ECS Deployment State Change"]
        resources     = [{ prefix = "arn:aws:ecs:eu-central-1:123456789012:service/notes-staging/" }]
        detail        = { eventName = ["SERVICE_DEPLOYMENT_FAILED"] }
      }
      "notes-staging-impaired" = {
        source        = ["aws.ecs"]
        "detail-type" = ["ECS Service Action"]
        detail        = { clusterArn = ["arn:aws:ecs:eu-central-1:123456789012:cluster/notes-staging"], eventType = ["WARN", "ERROR"] }
      }
      "notes-staging-maximum" = {
        source        = ["aws.application-autoscaling"]
        "detail-type" = ["Application Auto Scaling Scaling Activity State Change"]
        detail        = { scaledToMax = [true], resourceId = [{ prefix = "service/notes-staging/" }] }
      }
      "notes-staging-scaling" = {
        source        = ["aws.cloudwatch"]
        "detail-type" = ["CloudWatch Alarm State Change"]
        detail        = { state = { value = ["ALARM"] }, alarmName = [{ prefix = "TargetTracking-service/notes-staging/" }] }
      }
    }
    error_message = "The patterns are those of AWS's events, and of this cluster."
  }
}

run "a_large_environment_is_watched_with_its_database_and_tells_by_email" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  variables {
    emails   = ["ops@example.com", "dba@example.com"]
    database = { cluster = "notes-staging", serverless = false, connections = 1500 }
    services = {
      api   = { name = "api", target_group_arn_suffix = "targetgroup/notes-staging--api/1" }
      web   = { name = "web", target_group_arn_suffix = "targetgroup/notes-staging--web/1" }
      admin = { name = "admin", target_group_arn_suffix = "targetgroup/notes-staging--admin/1" }
    }
    thresholds = { cpu = 70, memory = 75, errors = 1, latency = 0.5 }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.service) == 15 && aws_cloudwatch_metric_alarm.service["web-latency"].threshold == 0.5
    error_message = "Five alarms a service, with the thresholds that were chosen."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.database["lag"].dimensions.Role == "READER"
    error_message = "Only readers have a replica lag: without their role the metric may have no data."
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.database) == ["connections", "disk", "lag", "memory", "reader-cpu", "writer-cpu"]
    error_message = "Provisioned instances run out of connections and of disk."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.database["connections"].threshold == 1500
      && aws_cloudwatch_metric_alarm.database["memory"].comparison_operator == "LessThanThreshold"
      && aws_cloudwatch_metric_alarm.database["writer-cpu"].dimensions == tomap({ DBClusterIdentifier = "notes-staging", Role = "WRITER" })
    )
    error_message = "Each alarm follows its own metric."
  }

  assert {
    condition = [
      for name, alarm in aws_cloudwatch_metric_alarm.database : name
      if alarm.treat_missing_data == "missing" && length(coalesce(alarm.insufficient_data_actions, [])) == 1
    ] == ["writer-cpu"]
    error_message = "A writer that says nothing is told."
  }

  assert {
    condition     = keys(aws_cloudwatch_event_target.email) == ["deployment", "impaired", "maximum"] && length(aws_sns_topic_subscription.email) == 2
    error_message = "What needs a person is told by e-mail, and scaling is not."
  }

  assert {
    condition     = one(aws_cloudwatch_event_target.email["deployment"].input_transformer).input_template == "\"A deployment of <service> failed: <reason>\""
    error_message = "An e-mail is a sentence, and < and > are not escaped."
  }

  assert {
    condition = [
      for statement in concat(data.aws_iam_policy_document.key.statement, data.aws_iam_policy_document.topic.statement) :
      statement.sid if statement.sid == "EventsPublish"
    ] == ["EventsPublish", "EventsPublish"]
    error_message = "EventBridge publishes what goes by e-mail."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this["maximum"].event_pattern).detail.resourceId[1] == "cluster:notes-staging"
    error_message = "Readers at their maximum are told, too."
  }
}

run "a_serverless_database_runs_out_of_capacity" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  variables {
    database = { cluster = "notes-staging", serverless = true }
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.database) == ["capacity", "lag", "memory", "reader-cpu", "writer-cpu"]
    error_message = "Its connections follow from its capacity."
  }
}

run "what_makes_no_sense_is_refused" {
  command = plan

  module {
    source = "./modules/alerts"
  }

  variables {
    emails                   = ["nobody"]
    package                  = "gone.zip"
    load_balancer_arn_suffix = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/notes/1"
    thresholds               = { cpu = 100, errors = 0 }
    log_retention_days       = 31

    names = {
      topic          = "notes-staging-alerts"
      function       = "a2345678901234567890123456789012345678901234567890123456789012345"
      role           = "notes-staging-alerts"
      log_group      = "/aws/lambda/notes-staging-alerts"
      webhook_secret = "notes-staging/slack"
      rule_prefix    = "a23456789012345678901234567890123456789012345678901234"
      alarm_prefix   = "notes-staging"
    }
  }

  expect_failures = [var.emails, var.package, var.load_balancer_arn_suffix, var.thresholds, var.log_retention_days, var.names]
}
