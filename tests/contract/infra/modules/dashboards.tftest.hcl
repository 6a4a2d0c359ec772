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
    defaults        = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/shop-staging/grafana", name = "/ecs/shop-staging/grafana" }
  }

  mock_resource "aws_iam_role" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:role/shop-staging--grafana" }
  }
}

variables {
  names = {
    service        = "grafana"
    task_family    = "shop-staging--grafana"
    container      = "grafana"
    log_group      = "/ecs/shop-staging/grafana"
    execution_role = "shop-staging--grafana-execution"
    task_role      = "shop-staging--grafana-task"
    target_group   = "shop-staging--grafana"
    security_group = "shop-staging--grafana"
  }

  image         = "grafana/grafana:12.2.1"
  cluster_arn   = "arn:aws:ecs:eu-central-1:123456789012:cluster/shop-staging"
  network       = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], assign_public_ip = false }
  load_balancer = { listener_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/1/2", security_group_id = "sg-1" }
  priorities    = [40000, 40001]
  url           = "https://shop.example.com"
  region        = "eu-central-1"
  sign_in       = { client_id = "1h57kf5cpq17m0eml12EXAMPLE", domain_url = "https://shop-staging-123456789012.auth.eu-central-1.amazoncognito.com" }
  dashboards    = { Overview = "{\"title\":\"Overview\"}" }

  traffic = {
    database    = "shop_staging_traffic"
    workgroup   = "shop-staging-traffic"
    bucket_arns = ["arn:aws:s3:::shop-staging-logs", "arn:aws:s3:::aws-waf-logs-shop-staging"]
    results     = "s3://shop-staging-logs/results/"
  }
}

run "grafana_is_one_task_of_which_there_is_always_one" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  assert {
    condition     = aws_ecs_service.this.desired_count == 1 && aws_ecs_service.this.deployment_minimum_healthy_percent == 100 && aws_ecs_service.this.deployment_maximum_percent == 200
    error_message = "The old task stays until the new one is healthy; and two for good would each know half of the sessions."
  }

  assert {
    condition     = one(aws_ecs_service.this.deployment_circuit_breaker).enable && one(aws_ecs_service.this.deployment_circuit_breaker).rollback
    error_message = "A Grafana that does not come up must be rolled back."
  }

  assert {
    condition     = one(aws_lb_target_group.this.health_check).path == "/grafana/api/health" && one(aws_lb_target_group.this.stickiness).enabled
    error_message = "Health is asked below the path; a browser stays with its task."
  }

  assert {
    condition     = { for path, rule in aws_lb_listener_rule.this : path => rule.priority } == { "/grafana" = 40000, "/grafana/*" = 40001 }
    error_message = "The path itself and what is below it lead to Grafana, and nothing else."
  }

  assert {
    condition     = output.url == "https://shop.example.com/grafana/"
    error_message = "Grafana answers at the front door, below its path."
  }
}

run "only_the_load_balancer_reaches_grafana_and_it_speaks_https_only" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_load_balancer.referenced_security_group_id == "sg-1" && aws_vpc_security_group_ingress_rule.from_load_balancer.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.from_load_balancer.to_port == 3000
    error_message = "The one way in is the load balancer's group, to Grafana's port."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.https.from_port == 443 && aws_vpc_security_group_egress_rule.https.to_port == 443
    error_message = "No database and no service can be reached from it."
  }
}

run "people_sign_in_by_the_user_pool_and_in_no_other_way" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  assert {
    condition = alltrue([
      for name, value in {
        GF_AUTH_BASIC_ENABLED                       = "false"
        GF_AUTH_DISABLE_LOGIN_FORM                  = "true"
        GF_AUTH_GENERIC_OAUTH_AUTH_STYLE            = "InParams"
        GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT = "true"
        GF_AUTH_GENERIC_OAUTH_TOKEN_URL             = "https://shop-staging-123456789012.auth.eu-central-1.amazoncognito.com/oauth2/token"
        GF_AUTH_GENERIC_OAUTH_USE_PKCE              = "true"
        GF_METRICS_ENABLED                          = "false"
        GF_SECURITY_CSRF_TRUSTED_ORIGINS            = "shop.example.com"
        GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION  = "true"
        GF_SERVER_ROOT_URL                          = "https://shop.example.com/grafana/"
        GF_SERVER_SERVE_FROM_SUB_PATH               = "true"
      } : contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = name, value = value })
    ])
    error_message = "A public client with PKCE, no password of Grafana's own, nothing that answers without signing in."
  }

  assert {
    condition = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, {
      name  = "GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH"
      value = "contains(not_null(\"cognito:groups\", `[]`), 'grafana-admin') && 'Admin' || contains(not_null(\"cognito:groups\", `[]`), 'grafana-editor') && 'Editor' || contains(not_null(\"cognito:groups\", `[]`), 'grafana-viewer') && 'Viewer'"
    })
    error_message = "Each role needs its group; whoever only has an account of the application sees nothing."
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "GF_AUTH_GENERIC_OAUTH_SIGNOUT_REDIRECT_URL", value = "https://shop-staging-123456789012.auth.eu-central-1.amazoncognito.com/logout?client_id=1h57kf5cpq17m0eml12EXAMPLE&logout_uri=https%3A%2F%2Fshop.example.com%2Fgrafana%2Flogin" })
    error_message = "Signing out ends Cognito's session too."
  }

  assert {
    condition     = !anytrue([for variable in jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment : strcontains(variable.name, "SECRET") || strcontains(variable.name, "PASSWORD")])
    error_message = "No secret may lie in a task definition."
  }
}

run "dashboards_and_sources_travel_in_the_definition" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "FILE_0", value = base64gzip("{\"title\":\"Overview\"}") })
    error_message = "A dashboard is packed into a variable."
  }

  assert {
    condition     = strcontains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command[0], "printf %s \"$FILE_0\" | base64 -d | gunzip > /tmp/tagship/dashboards/0.json")
    error_message = "The container unpacks it before Grafana starts."
  }

  assert {
    condition     = endswith(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command[0], "exec /run.sh")
    error_message = "Grafana itself gets the signals of ECS."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].user == "472" && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters.capabilities.drop == ["ALL"]
    error_message = "Grafana runs as nobody special."
  }

  assert {
    condition     = length(aws_ecs_task_definition.this.container_definitions) < 65536
    error_message = "ECS takes at most 64 KiB."
  }
}

run "no_permission_is_wider_than_its_use" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  assert {
    condition = alltrue(flatten([
      for statement in concat(data.aws_iam_policy_document.task.statement, data.aws_iam_policy_document.execution.statement) :
      [for action in statement.actions : !strcontains(action, "*")]
    ]))
    error_message = "No action may hold a wildcard."
  }

  assert {
    condition = [
      for statement in concat(data.aws_iam_policy_document.task.statement, data.aws_iam_policy_document.execution.statement) : statement.sid
      if contains(statement.resources, "*")
    ] == ["ReadMetrics"]
    error_message = "Only metrics know no resource."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.task.statement : statement.resources
      if contains(statement.actions, "s3:PutObject")
    ] == [toset(["arn:aws:s3:::shop-staging-logs/results/*"])]
    error_message = "Results are the only thing that it writes."
  }

  assert {
    condition = anytrue([
      for condition in data.aws_iam_policy_document.assumed_by_tasks.statement[0].condition :
      condition.variable == "aws:SourceAccount" && condition.values == tolist(["123456789012"])
    ])
    error_message = "Tasks of other accounts must not take the roles."
  }
}

run "without_logged_traffic_grafana_reads_metrics_only" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  variables {
    traffic    = null
    dashboards = {}
    network    = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], assign_public_ip = true }
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.task.statement : statement.sid] == ["ReadMetrics"]
    error_message = "What is not there cannot be read."
  }

  assert {
    condition     = !contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment[*].name, "GF_PLUGINS_PREINSTALL")
    error_message = "No plugin is fetched that nothing uses."
  }

  assert {
    condition     = one(aws_ecs_service.this.network_configuration).assign_public_ip
    error_message = "Without NAT the task needs an address of its own."
  }
}

run "an_image_without_a_version_is_refused" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  variables {
    image = "grafana/grafana:latest"
  }

  expect_failures = [var.image]
}

run "an_image_that_the_role_may_not_fetch_is_refused" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  variables {
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/grafana:12.2.1"
  }

  expect_failures = [var.image]
}

run "a_size_that_fargate_does_not_offer_is_refused" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  variables {
    cpu    = 256
    memory = 4096
  }

  expect_failures = [var.memory]
}

run "addresses_without_https_and_a_path_with_a_slash_at_its_end_are_refused" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  variables {
    path       = "/grafana/"
    priorities = [1, 1]
    sign_in    = { client_id = "x", domain_url = "http://sign-in.example.com" }
    url        = "https://shop.example.com/"
  }

  expect_failures = [var.path, var.priorities, var.sign_in, var.url]
}

run "dashboards_that_are_no_json_are_refused" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  variables {
    dashboards = { Overview = "{" }
  }

  expect_failures = [var.dashboards]
}

run "a_dashboard_with_a_word_that_nobody_replaced_is_refused" {
  command = plan

  module {
    source = "./modules/dashboards"
  }

  variables {
    dashboards = { Overview = "{\"LoadBalancer\":\"@load_balancer@\"}" }
  }

  expect_failures = [var.dashboards]
}
