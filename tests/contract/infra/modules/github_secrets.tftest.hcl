# The provider and the variables are those of github.tftest.hcl: test_modules.py puts them here.

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
