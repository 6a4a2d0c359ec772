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

run "only_this_repositorys_tags_may_deploy" {
  command = plan

  module {
    source = "./modules/github"
  }

  assert {
    condition = [
      for condition in data.aws_iam_policy_document.assumed_by_github.statement[0].condition :
      "${condition.test} ${condition.variable} ${join(" ", condition.values)}"
      ] == [
      "StringEquals token.actions.githubusercontent.com:aud sts.amazonaws.com",
      "StringLike token.actions.githubusercontent.com:sub repo:Example/notes:ref:refs/tags/v*",
    ]
    error_message = "Nobody but the repository's tags is trusted."
  }

  assert {
    condition     = one(aws_iam_openid_connect_provider.github).client_id_list == toset(["sts.amazonaws.com"]) && length(data.aws_iam_openid_connect_provider.github) == 0
    error_message = "The provider is made here."
  }
}

run "tokens_of_both_forms_are_trusted_where_the_numbers_are_known" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    owner_id        = "123456"
    repository_id   = "456789"
    create_provider = false
  }

  assert {
    condition = [
      for condition in data.aws_iam_policy_document.assumed_by_github.statement[0].condition :
      toset(condition.values) if condition.test == "StringLike"
      ] == [toset([
        "repo:Example/notes:ref:refs/tags/v*",
        "repo:Example@123456/notes@456789:ref:refs/tags/v*",
    ])]
    error_message = "A repository's token has one form or the other."
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(data.aws_iam_openid_connect_provider.github) == 1
    error_message = "An account has one provider at most."
  }
}

run "only_tokens_with_numbers_are_trusted_where_that_was_chosen" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    owner_id      = "123456"
    repository_id = "456789"
    only_numbers  = true
  }

  assert {
    condition = [
      for condition in data.aws_iam_policy_document.assumed_by_github.statement[0].condition :
      toset(condition.values) if condition.test == "StringLike"
    ] == [toset(["repo:Example@123456/notes@456789:ref:refs/tags/v*"])]
    error_message = "A name that was given up may be somebody else's tomorrow."
  }
}

run "only_numbers_without_numbers_is_refused" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    only_numbers = true
  }

  expect_failures = [var.only_numbers]
}

run "an_environment_of_github_takes_the_place_of_the_tag" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    owner_id      = "123456"
    repository_id = "456789"
    environment   = "production"
  }

  assert {
    condition = [
      for condition in data.aws_iam_policy_document.assumed_by_github.statement[0].condition :
      toset(condition.values) if condition.test == "StringLike"
      ] == [toset([
        "repo:Example/notes:environment:production",
        "repo:Example@123456/notes@456789:environment:production",
    ])]
    error_message = "A job that names no environment must not get by its reviewers."
  }
}

run "no_permission_is_wider_than_its_use" {
  command = plan

  module {
    source = "./modules/github"
  }

  assert {
    condition = alltrue(flatten([
      for document in [data.aws_iam_policy_document.environment, data.aws_iam_policy_document.services["01"]] :
      [for statement in document.statement : [for action in statement.actions : !strcontains(action, "*")]]
    ]))
    error_message = "No action may hold a wildcard."
  }

  assert {
    condition = [
      for statement in concat(data.aws_iam_policy_document.environment.statement, data.aws_iam_policy_document.services["01"].statement) :
      statement.sid if contains(statement.resources, "*")
    ] == ["LookAround", "FindTasks"]
    error_message = "Only actions that know no resource have them all."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.environment.statement :
      "${join(" ", statement.actions)} ${one([for condition in statement.condition : "${condition.variable} ${join(" ", condition.values)}"])}"
      if contains(statement.actions, "ecs:TagResource")
    ] == ["ecs:TagResource ecs:CreateAction RegisterTaskDefinition"]
    error_message = "The tags of a revision are given once: releases trust them."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.services["01"].statement :
      "${join(" ", sort(statement.resources))} ${one([for condition in statement.condition : "${condition.variable} ${join(" ", condition.values)}"])}"
      if statement.sid == "PassRolesToTasks"
    ] == ["arn:aws:iam::123456789012:role/notes-staging--api-execution arn:aws:iam::123456789012:role/notes-staging--api-task iam:PassedToService ecs-tasks.amazonaws.com"]
    error_message = "The services' two roles are passed, and to tasks only."
  }

  assert {
    condition = toset(flatten([
      for statement in data.aws_iam_policy_document.environment.statement : statement.resources
      if anytrue([for action in statement.actions : startswith(action, "s3:")])
      ])) == toset([
      "arn:aws:s3:::notes-staging-123456789012-eu-central-1",
      "arn:aws:s3:::notes-staging-123456789012-eu-central-1/infra/outputs.json",
      "arn:aws:s3:::notes-staging-123456789012-eu-central-1/releases/*",
    ])
    error_message = "Terraform's state is no business of a release."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.services["01"].statement : statement.resources
      if contains(statement.actions, "ecs:UpdateService")
    ] == [toset(["arn:aws:ecs:eu-central-1:123456789012:service/notes-staging/api"])]
    error_message = "Other services of the cluster are not updated."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.environment.statement : statement.sid != "BoundScaling"])
    error_message = "What does not scale has no bound to set."
  }
}

run "scaling_gets_its_lower_bound_where_a_service_scales_and_nothing_else_of_scaling_is_a_releases" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    services = {
      for name, target in { api = "arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/1", web = null } : name => {
        service_arn             = "arn:aws:ecs:eu-central-1:123456789012:service/notes-staging/${name}"
        role_arns               = ["arn:aws:iam::123456789012:role/notes-staging--${name}-task"]
        repository_arn          = "arn:aws:ecr:eu-central-1:123456789012:repository/notes-staging/${name}"
        task_family             = "notes-staging--${name}"
        log_group_arn           = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/notes-staging/${name}"
        target_group_arn        = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/notes-staging--${name}/1"
        scalable_target_arn     = target
      }
    }
  }

  assert {
    condition = flatten([
      for statement in concat(data.aws_iam_policy_document.environment.statement, data.aws_iam_policy_document.services["01"].statement) : [
        for action in statement.actions : "${action} ${join(" ", statement.resources)}" if startswith(action, "application-autoscaling:")
      ]
      ]) == [
      "application-autoscaling:DescribeScalableTargets *",
      "application-autoscaling:RegisterScalableTarget arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/1",
    ]
    error_message = "The bounds of this environment's services, and of no other."
  }
}

run "a_site_is_published_where_there_is_one" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    buckets          = { environment = "notes-staging-123456789012-eu-central-1", site = "notes-staging--site" }
    distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.environment.statement : statement.sid => join(" ", statement.resources)
      if contains(["PublishSite", "ListSite", "ForgetWhatWasCached"], statement.sid)
      } == {
      PublishSite         = "arn:aws:s3:::notes-staging--site/*"
      ListSite            = "arn:aws:s3:::notes-staging--site"
      ForgetWhatWasCached = "arn:aws:cloudfront::123456789012:distribution/E1"
    }
    error_message = "The site's bucket and its distribution, and no other."
  }
}

run "fifty_services_with_the_longest_names_fit_into_a_roles_policies" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    cluster_arn      = "arn:aws:ecs:ap-northeast-1:123456789012:cluster/${join("", [for _ in range(51) : "a"])}"
    buckets          = { environment = join("", [for _ in range(63) : "e"]), site = join("", [for _ in range(63) : "s"]) }
    distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1234567890ABC"

    secrets = { prefix = join("", [for _ in range(51) : "a"]), arns = [join("", [for _ in range(540) : "s"])], parameters = true }

    services = {
      for number in range(50) : format("%02d", number) => {
        service_arn      = "arn:aws:ecs:ap-northeast-1:123456789012:service/${join("", [for _ in range(51) : "a"])}/${join("", [for _ in range(28) : "s"])}${format("%02d", number)}"
        role_arns        = [for end in ["x", "t"] : "arn:aws:iam::123456789012:role/${join("", [for _ in range(61) : "r"])}${end}${format("%02d", number)}"]
        repository_arn   = "arn:aws:ecr:ap-northeast-1:123456789012:repository/${join("", [for _ in range(51) : "a"])}/${join("", [for _ in range(28) : "s"])}${format("%02d", number)}"
        task_family      = "${join("", [for _ in range(51) : "a"])}--${join("", [for _ in range(28) : "s"])}${format("%02d", number)}"
        log_group_arn    = "arn:aws:logs:ap-northeast-1:123456789012:log-group:/ecs/${join("", [for _ in range(51) : "a"])}/${join("", [for _ in range(28) : "s"])}${format("%02d", number)}"
        target_group_arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/t/1"
        # Application Auto Scaling's own names have about this length.
        scalable_target_arn = "arn:aws:application-autoscaling:ap-northeast-1:123456789012:scalable-target/${join("", [for _ in range(34) : "f"])}${format("%02d", number)}"
      }
    }
  }

  assert {
    condition     = length(aws_iam_role_policy_attachment.services) == 10
    error_message = "A role takes ten policies."
  }

  assert {
    condition = alltrue([
      for document in data.aws_iam_policy_document.services :
      length(jsonencode({
        Version = "2012-10-17"
        Statement = [
          for statement in document.statement : {
            Sid       = statement.sid
            Effect    = "Allow"
            Action    = statement.actions
            Resource  = statement.resources
            Condition = { for condition in statement.condition : condition.test => { (condition.variable) = condition.values } }
          }
        ]
      })) <= 6144
    ])
    error_message = "A policy has 6,144 characters."
  }

  assert {
    condition = length(jsonencode({
      Version = "2012-10-17"
      Statement = [
        for statement in data.aws_iam_policy_document.environment.statement : {
          Sid       = statement.sid
          Effect    = "Allow"
          Action    = statement.actions
          Resource  = statement.resources
          Condition = { for condition in statement.condition : condition.test => { (condition.variable) = condition.values } }
        }
      ]
    })) <= 10240
    error_message = "What is inline in a role has 10,240 characters in all."
  }
}

run "what_makes_no_sense_is_refused" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    names         = { role = "a2345678901234567890123456789012345678901234567890123456789012345" }
    repository    = "https://github.com/example/notes"
    owner_id      = "123456"
    repository_id = "notes"
    tag_pattern   = "*"
    environment   = "prod:*"
    services      = {}
  }

  expect_failures = [var.names, var.repository, var.repository_id, var.tag_pattern, var.environment, var.services]
}

run "one_number_alone_is_refused" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    owner_id = "123456"
  }

  expect_failures = [var.owner_id]
}
