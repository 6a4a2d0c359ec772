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

run "a_service_scales_on_what_it_was_told_and_out_sooner_than_in" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    scaling = { min = 2, max = 10, cpu = 60, memory = 75, requests = 1000 }
  }

  assert {
    condition     = one(aws_appautoscaling_target.steady).resource_id == "service/notes-staging/api" && one(aws_appautoscaling_target.steady).max_capacity == 10
    error_message = "The number of tasks of this service, up to ten."
  }

  assert {
    condition     = one(aws_appautoscaling_target.steady).min_capacity == 0
    error_message = "A service without tasks was never released: a lower bound would start its bootstrap revision."
  }

  assert {
    condition     = output.scalable_target_arn == one(aws_appautoscaling_target.steady).arn
    error_message = "Who deploys may set the lower bound of this target."
  }

  assert {
    condition = {
      for name, policy in aws_appautoscaling_policy.this : name => [
        one(one(policy.target_tracking_scaling_policy_configuration).predefined_metric_specification).predefined_metric_type,
        tostring(one(policy.target_tracking_scaling_policy_configuration).target_value),
        coalesce(one(one(policy.target_tracking_scaling_policy_configuration).predefined_metric_specification).resource_label, "none"),
      ]
      } == {
      cpu      = ["ECSServiceAverageCPUUtilization", "60", "none"]
      memory   = ["ECSServiceAverageMemoryUtilization", "75", "none"]
      requests = ["ALBRequestCountPerTarget", "1000", "app/notes/1/targetgroup/notes-staging--api/3"]
    }
    error_message = "Three things to follow, three policies."
  }

  assert {
    condition = alltrue([
      for policy in aws_appautoscaling_policy.this :
      one(policy.target_tracking_scaling_policy_configuration).scale_out_cooldown == 60
      && one(policy.target_tracking_scaling_policy_configuration).scale_in_cooldown == 300
      && one(policy.target_tracking_scaling_policy_configuration).disable_scale_in != true
    ])
    error_message = "In more slowly than out."
  }

  assert {
    condition     = length(aws_appautoscaling_target.scheduled) == 0 && length(aws_appautoscaling_scheduled_action.this) == 0
    error_message = "Nothing was scheduled."
  }
}

run "a_schedule_moves_the_bounds_of_even_a_fixed_number" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    scaling = {
      min = 2
      max = 2
      schedule = [
        { name = "night", cron = "0 22 * * ? *", timezone = "Europe/Berlin", min = 0, max = 0 },
        { name = "day", cron = "0 6 ? * MON-FRI *", timezone = "Europe/Berlin", min = 2, max = 2 },
      ]
    }
  }

  assert {
    condition     = length(aws_appautoscaling_target.scheduled) == 1 && length(aws_appautoscaling_target.steady) == 0 && length(aws_appautoscaling_policy.this) == 0
    error_message = "There is a target to move, and nothing to follow."
  }

  assert {
    condition = { for name, action in aws_appautoscaling_scheduled_action.this : name => [action.schedule, action.timezone, one(action.scalable_target_action).min_capacity, one(action.scalable_target_action).max_capacity] } == {
      day   = ["cron(0 6 ? * MON-FRI *)", "Europe/Berlin", "2", "2"]
      night = ["cron(0 22 * * ? *)", "Europe/Berlin", "0", "0"]
    }
    error_message = "Two entries, each in its own time zone."
  }
}

run "one_number_for_both_bounds_is_nothing_to_scale" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    scaling = { min = 2, max = 2, cpu = 60 }
  }

  assert {
    condition     = length(aws_appautoscaling_target.steady) == 0 && length(aws_appautoscaling_target.scheduled) == 0 && length(aws_appautoscaling_policy.this) == 0
    error_message = "No target, no policy, no alarm."
  }

  assert {
    condition     = output.scalable_target_arn == null
    error_message = "Nobody may set bounds that are not there."
  }
}

run "bounds_the_wrong_way_round_shares_above_everything_and_names_with_a_hyphen_are_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    scaling   = { min = 3, max = 2, cpu = 101, requests = 0 }
    variables = { "LOG-LEVEL" = "info" }
  }

  expect_failures = [var.scaling, var.variables]
}

run "a_cron_expression_of_five_fields_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    scaling = {
      min = 1
      max = 2
      schedule = [
        { name = "night", cron = "0 22 * * *", timezone = "Europe/Berlin", min = 1, max = 1 },
        { name = "day", cron = "0 6 * * ? *", timezone = "Europe/Berlin", min = 1, max = 2 },
      ]
    }
  }

  expect_failures = [var.scaling]
}

run "a_scaling_that_could_not_work_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    scaling   = { min = 0, max = 2 }
    secrets   = { LOG_LEVEL = "arn:aws:ssm:eu-central-1:123456789012:parameter/level" }
    variables = { LOG_LEVEL = "info" }
  }

  expect_failures = [var.scaling, var.variables]
}

run "a_schedule_that_nothing_undoes_is_refused" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    scaling = { min = 1, max = 2, cpu = 60, schedule = [{ name = "night", cron = "0 22 * * ? *", timezone = "Europe/Berlin", min = 1, max = 1 }] }
  }

  expect_failures = [var.scaling]
}
