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

  mock_data "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_resource "aws_iam_policy" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:policy/notes-staging-deploy" }
  }
}

variables {
  names           = { role = "notes-staging-deploy" }
  repository      = "Example/notes"
  create_provider = true
  cluster_arn     = "arn:aws:ecs:eu-central-1:123456789012:cluster/notes-staging"
  buckets         = { environment = "notes-staging-123456789012-eu-central-1" }

  services = {
    api = {
      service_arn      = "arn:aws:ecs:eu-central-1:123456789012:service/notes-staging/api"
      role_arns        = ["arn:aws:iam::123456789012:role/notes-staging--api-execution", "arn:aws:iam::123456789012:role/notes-staging--api-task"]
      repository_arn   = "arn:aws:ecr:eu-central-1:123456789012:repository/notes-staging/api"
      task_family      = "notes-staging--api"
      log_group_arn    = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/notes-staging/api"
      target_group_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/notes-staging--api/1"
    }
  }
}

run "a_release_looks_at_the_apps_own_secrets_and_reads_none" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    secrets = { prefix = "notes-staging", arns = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:shared-AbCdEf"], parameters = true }
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.environment.statement : statement.sid => [statement.actions, statement.resources]
      if startswith(statement.sid, "LookAtSecrets") || startswith(statement.sid, "LookAtParameters")
      } == {
      LookAtSecrets    = [toset(["secretsmanager:DescribeSecret"]), toset(["arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-staging/*", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shared-AbCdEf"])]
      LookAtParameters = [toset(["ssm:DescribeParameters"]), toset(["*"])]
    }
    error_message = "Neither action shows a value."
  }
}
