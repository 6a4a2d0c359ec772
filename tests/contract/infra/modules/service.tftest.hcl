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

  port          = 8000
  paths         = { "/*" = 49000 }
  cluster_arn   = "arn:aws:ecs:eu-central-1:123456789012:cluster/notes-staging"
  repository    = { arn = "arn:aws:ecr:eu-central-1:123456789012:repository/notes-staging/api", url = "registry/notes-staging/api" }
  network       = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], assign_public_ip = false }
  load_balancer = { listener_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/notes/1/2", security_group_id = "sg-1" }
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
}

run "the_bootstrap_revision_fits_fargate" {
  command = plan

  module {
    source = "./modules/service"
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

run "only_the_load_balancer_reaches_the_tasks" {
  command = plan

  module {
    source = "./modules/service"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_load_balancer.referenced_security_group_id == "sg-1" && aws_vpc_security_group_ingress_rule.from_load_balancer.cidr_ipv4 == null
    error_message = "The one way in is the load balancer's group."
  }
}

run "no_permission_is_wider_than_its_use" {
  command = plan

  module {
    source = "./modules/service"
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

run "a_port_out_of_range_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    port = 70000
  }

  expect_failures = [var.port]
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

run "a_timeout_as_long_as_its_interval_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    health = { interval = 5, timeout = 5 }
  }

  expect_failures = [var.health]
}

run "a_retention_that_aws_does_not_offer_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "a_drain_longer_than_an_hour_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    drain = 3601
  }

  expect_failures = [var.drain]
}

run "a_target_group_name_of_33_characters_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
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

  expect_failures = [var.names]
}
