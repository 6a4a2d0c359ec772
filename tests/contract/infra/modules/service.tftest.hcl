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

  mock_resource "aws_lb_target_group" {
    override_during = plan
    defaults = {
      arn        = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/notes-staging--api/3"
      arn_suffix = "targetgroup/notes-staging--api/3"
    }
  }

  mock_resource "aws_appautoscaling_target" {
    override_during = plan
    defaults        = { arn = "arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/1" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    override_during = plan
    defaults        = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/notes-staging/api" }
  }
}

variables {
  names = {
    service        = "api"
    container      = "api"
    task_family    = "notes-staging--api"
    log_group      = "/ecs/notes-staging/api"
    target_group   = "notes-staging--api"
    execution_role = "notes-staging--api-execution"
    task_role      = "notes-staging--api-task"
    security_group = "notes-staging--api"
  }

  region        = "eu-central-1"
  port          = 8000
  paths         = { "/*" = 49000 }
  cluster       = { arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/notes-staging", name = "notes-staging" }
  repository    = { arn = "arn:aws:ecr:eu-central-1:123456789012:repository/notes-staging/api", url = "registry/notes-staging/api" }
  network       = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], assign_public_ip = false }
  load_balancer = { listener_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/notes/1/2", security_group_id = "sg-1", arn_suffix = "app/notes/1" }
}

run "the_service_begins_with_no_tasks_and_rolls_back_by_itself" {
  command = plan

  module {
    source = "./modules/service"
  }

  assert {
    condition     = aws_ecs_service.this.desired_count == 0
    error_message = "The first release decides how many tasks run."
  }

  assert {
    condition     = one(aws_ecs_service.this.deployment_circuit_breaker).enable && one(aws_ecs_service.this.deployment_circuit_breaker).rollback
    error_message = "A release that does not come up must be rolled back."
  }

  assert {
    condition     = aws_ecs_service.this.deployment_minimum_healthy_percent == 100 && aws_ecs_service.this.deployment_maximum_percent == 200
    error_message = "Old tasks must stay until the new ones are healthy."
  }

  assert {
    condition     = aws_ecs_service.this.availability_zone_rebalancing == "ENABLED"
    error_message = "What AWS chooses by default has changed over the years: it must be said."
  }

  assert {
    condition = (
      length(aws_appautoscaling_target.steady) == 0 && length(aws_appautoscaling_target.scheduled) == 0
      && length(aws_appautoscaling_policy.this) == 0 && length(aws_iam_role_policy.secrets) == 0
      && alltrue([for rule in aws_lb_listener_rule.this : [for action in rule.action : action.type] == ["forward"]])
    )
    error_message = "Scaling, secrets and sign-in are by choice."
  }

  assert {
    condition     = aws_ecs_task_definition.bootstrap.network_mode == "awsvpc" && aws_ecs_task_definition.bootstrap.requires_compatibilities == toset(["FARGATE"])
    error_message = "Fargate asks for awsvpc."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.bootstrap.container_definitions)[0].portMappings[0].containerPort == 8000
    error_message = "ECS refuses a service whose port its container does not map."
  }
}

run "people_sign_in_first_and_secrets_are_read_by_ecs_alone" {
  command = plan

  module {
    source = "./modules/service"
  }

  override_resource {
    target          = aws_iam_role.execution
    override_during = plan
    values          = { id = "notes-staging--api-execution", arn = "arn:aws:iam::123456789012:role/notes-staging--api-execution" }
  }

  variables {
    paths   = { "/api/*" = 100, "/*" = 49000 }
    sign_in = { user_pool_arn = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_1", client_id = "client", domain = "notes-staging" }
    secrets = {
      DATABASE_HOST = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes/database-AbCdEf:writer_host::"
      DATABASE_NAME = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes/database-AbCdEf:dbname::"
      MAIL_KEY      = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes/mail-GhIjKl"
      GREETING      = "arn:aws:ssm:eu-central-1:123456789012:parameter/notes/greeting"
    }
    variables = { LOG_LEVEL = "info" }
  }

  assert {
    condition = alltrue([
      for rule in aws_lb_listener_rule.this :
      [for action in rule.action : [action.order, action.type]] == [[1, "authenticate-cognito"], [2, "forward"]]
    ])
    error_message = "On every path, sign-in before anything else."
  }

  assert {
    condition     = one(aws_lb_listener_rule.this["/*"].action[0].authenticate_cognito).on_unauthenticated_request == "authenticate"
    error_message = "Nobody gets past without a session."
  }

  assert {
    condition = { for statement in one(data.aws_iam_policy_document.secrets).statement : statement.sid => [statement.actions, statement.resources] } == {
      ReadParameters = [toset(["ssm:GetParameters"]), toset(["arn:aws:ssm:eu-central-1:123456789012:parameter/notes/greeting"])]
      ReadSecrets = [toset(["secretsmanager:GetSecretValue"]), toset([
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes/database-AbCdEf",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes/mail-GhIjKl",
      ])]
    }
    error_message = "Exactly these secrets, each once, and no key of them."
  }

  assert {
    condition     = one(aws_iam_role_policy.secrets).role == "notes-staging--api-execution" && length(aws_iam_role_policy.terminal) == 0
    error_message = "The application itself may read nothing."
  }

  assert {
    condition     = output.facts.secrets == var.secrets && output.facts.variables == var.variables
    error_message = "A release must pass them on."
  }
}

run "the_apps_own_secrets_are_readable_each_by_its_very_name" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    own_secrets = {
      names = ["notes-staging/stripe"]
      paths = ["/notes-staging/mail/user"]
      arns  = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:shared-AbCdEf", "arn:aws:ssm:eu-central-1:123456789012:parameter/shared"]
    }
  }

  assert {
    condition = { for statement in one(data.aws_iam_policy_document.secrets).statement : statement.sid => [statement.actions, statement.resources] } == {
      ReadParameters = [toset(["ssm:GetParameters"]), toset([
        "arn:aws:ssm:eu-central-1:123456789012:parameter/notes-staging/mail/user",
        "arn:aws:ssm:eu-central-1:123456789012:parameter/shared",
      ])]
      ReadSecrets = [toset(["secretsmanager:GetSecretValue"]), toset([
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-staging/stripe-??????",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shared-AbCdEf",
      ])]
    }
    error_message = "Exactly these, and nothing beside them whose name begins alike."
  }

  assert {
    condition     = length(output.facts.secrets) == 0
    error_message = "A release looks them up itself: Terraform knows neither their variables nor their ARNs."
  }
}

run "a_wildcard_is_no_name_of_a_secret" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    own_secrets = { names = ["notes-staging/*"], paths = [], arns = ["arn:aws:ssm:eu-central-1:123456789012:parameter/*"] }
  }

  expect_failures = [var.own_secrets]
}

run "one_kind_of_secret_is_one_statement" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    secrets = { DATABASE_URL = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-AbCdEf:writer_url::" }
  }

  assert {
    condition     = [for statement in one(data.aws_iam_policy_document.secrets).statement : statement.sid] == ["ReadSecrets"]
    error_message = "A statement without a resource is refused by IAM."
  }
}

run "only_the_load_balancer_reaches_the_tasks_and_no_permission_is_wider_than_its_use" {
  command = plan

  module {
    source = "./modules/service"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_load_balancer.referenced_security_group_id == "sg-1" && aws_vpc_security_group_ingress_rule.from_load_balancer.cidr_ipv4 == null
    error_message = "The one way in is the load balancer's group."
  }

  assert {
    condition = alltrue(flatten([
      for statement in data.aws_iam_policy_document.execution.statement :
      [for action in statement.actions : !strcontains(action, "*")]
    ]))
    error_message = "No action may hold a wildcard."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.execution.statement : statement.sid
      if contains(statement.resources, "*")
    ] == ["LogInToRegistry"]
    error_message = "Only the login to the registry knows no resource."
  }

  assert {
    condition = anytrue([
      for condition in data.aws_iam_policy_document.assumed_by_tasks.statement[0].condition :
      condition.variable == "aws:SourceAccount" && condition.values == tolist(["123456789012"])
    ])
    error_message = "Tasks of other accounts must not take the roles."
  }
}

run "health_and_drain_reach_the_target_group" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    drain  = 0
    health = { path = "/up", interval = 300, timeout = 120, healthy_threshold = 10, unhealthy_threshold = 2, grace_period = 7200 }
  }

  assert {
    condition     = aws_lb_target_group.this.deregistration_delay == "0" && aws_lb_target_group.this.target_type == "ip"
    error_message = "Drain becomes the deregistration delay."
  }

  assert {
    condition     = one(aws_lb_target_group.this.health_check).path == "/up" && one(aws_lb_target_group.this.health_check).interval == 300
    error_message = "The manifest's health check must be used."
  }

  assert {
    condition     = aws_ecs_service.this.health_check_grace_period_seconds == 7200
    error_message = "The grace period belongs to the service."
  }
}

run "each_path_has_a_rule_of_its_own" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    paths = { "/api/*" = 100, "/v2/*" = 200, "/*" = 49000 }
  }

  assert {
    condition     = tomap({ for path, rule in aws_lb_listener_rule.this : path => rule.priority }) == tomap({ "/api/*" = 100, "/v2/*" = 200, "/*" = 49000 })
    error_message = "Three paths are three rules."
  }
}

run "a_task_in_a_public_subnet_gets_its_address" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], assign_public_ip = true }
  }

  assert {
    condition     = one(aws_ecs_service.this.network_configuration).assign_public_ip
    error_message = "Without NAT the task needs it."
  }
}

run "a_path_without_a_slash_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    paths = { "api/*" = 1 }
  }

  expect_failures = [var.paths]
}

run "no_path_at_all_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    paths = {}
  }

  expect_failures = [var.paths]
}

run "a_priority_out_of_range_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    paths = { "/*" = 50001 }
  }

  expect_failures = [var.paths]
}

run "what_aws_would_not_take_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    port               = 70000
    health             = { interval = 5, timeout = 5 }
    log_retention_days = 31
    drain              = 3601
    secrets            = { DATABASE_URL = "postgresql://app:password@host/app" }

    names = {
      service        = "api"
      container      = "api"
      task_family    = "notes-staging--api"
      log_group      = "/ecs/notes-staging/api"
      target_group   = "a23456789012345678901234567890123"
      execution_role = "notes-staging--api-execution"
      task_role      = "notes-staging--api-task"
      security_group = "notes-staging--api"
    }
  }

  expect_failures = [var.port, var.health, var.log_retention_days, var.drain, var.secrets, var.names]
}
