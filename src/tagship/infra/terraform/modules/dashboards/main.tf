# Grafana behind the load balancer, signed in to through the user pool.
#
# It keeps nothing: data sources and dashboards are given to each task when it starts, accounts come from the user pool.
# What people make in it by hand, and their sessions, are gone with the task.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

# --- what Grafana is told

locals {
  port     = 3000
  root_url = "${var.url}${var.path}/"
  home     = "/tmp/tagship"

  # It asks for Grafana 10.4 or newer (grafanaDependency in its plugin.json), and is fetched from Grafana's catalogue.
  athena_plugin = "grafana-athena-datasource@3.2.0"

  # Grafana reads a person's groups in the identity token; who is in none of the three is refused, because whoever
  # may read dashboards may ask their data sources anything. A person without any group has no such claim.
  groups = "not_null(\"cognito:groups\", `[]`)"
  role = join(" || ", [
    for group, role in { "grafana-admin" = "Admin", "grafana-editor" = "Editor", "grafana-viewer" = "Viewer" } :
    "contains(${local.groups}, '${group}') && '${role}'"
  ])

  sources = concat(
    [{
      name      = "CloudWatch"
      uid       = "cloudwatch"
      type      = "cloudwatch"
      isDefault = true
      editable  = false
      jsonData  = { authType = "default", defaultRegion = var.region }
    }],
    [for traffic in var.traffic[*] : {
      name      = "Athena"
      uid       = "athena"
      type      = "grafana-athena-datasource"
      isDefault = false
      editable  = false
      jsonData = {
        authType      = "default"
        defaultRegion = var.region
        catalog       = "AwsDataCatalog"
        database      = traffic.database
        workgroup     = traffic.workgroup
      }
    }],
  )

  provider = {
    name           = "tagship"
    type           = "file"
    allowUiUpdates = false
    options        = { path = "${local.home}/dashboards" }
  }

  # Each file by its path; a dashboard's is its place among the titles. Grafana takes .yaml only, and JSON is YAML.
  files = merge(
    {
      "provisioning/dashboards/tagship.yaml"  = jsonencode({ apiVersion = 1, providers = [local.provider] })
      "provisioning/datasources/tagship.yaml" = jsonencode({ apiVersion = 1, datasources = local.sources })
    },
    { for place, title in keys(var.dashboards) : "dashboards/${place}.json" => var.dashboards[title] },
  )

  paths = keys(local.files)

  # A key that nobody knows, new for each task: it signs what has to hold while somebody signs in. Grafana's own
  # default is public.
  script = join("\n", concat(
    ["set -eu", "mkdir -p ${local.home}/dashboards"],
    [for kind in ["alerting", "dashboards", "datasources", "plugins"] : "mkdir -p ${local.home}/provisioning/${kind}"],
    [for place, path in local.paths : "printf %s \"$FILE_${place}\" | base64 -d | gunzip > ${local.home}/${path}"],
    ["export GF_SECURITY_SECRET_KEY=\"$(head -c 32 /dev/urandom | base64 | tr -d '\\n')\"", "exec /run.sh"],
  ))

  settings = merge(
    {
      GF_SERVER_ROOT_URL            = local.root_url
      GF_SERVER_SERVE_FROM_SUB_PATH = "true"
      GF_PATHS_PROVISIONING         = "${local.home}/provisioning"

      # Sign-in. A client without a secret is asked with its id in the form: a header with an empty secret is refused.
      GF_AUTH_BASIC_ENABLED                       = "false"
      GF_AUTH_DISABLE_LOGIN_FORM                  = "true"
      GF_AUTH_GENERIC_OAUTH_ENABLED               = "true"
      GF_AUTH_GENERIC_OAUTH_NAME                  = "Cognito"
      GF_AUTH_GENERIC_OAUTH_AUTO_LOGIN            = "true"
      GF_AUTH_GENERIC_OAUTH_ALLOW_SIGN_UP         = "true"
      GF_AUTH_GENERIC_OAUTH_CLIENT_ID             = var.sign_in.client_id
      GF_AUTH_GENERIC_OAUTH_AUTH_STYLE            = "InParams"
      GF_AUTH_GENERIC_OAUTH_USE_PKCE              = "true"
      GF_AUTH_GENERIC_OAUTH_SCOPES                = "openid email profile"
      GF_AUTH_GENERIC_OAUTH_AUTH_URL              = "${var.sign_in.domain_url}/oauth2/authorize"
      GF_AUTH_GENERIC_OAUTH_TOKEN_URL             = "${var.sign_in.domain_url}/oauth2/token"
      GF_AUTH_GENERIC_OAUTH_API_URL               = "${var.sign_in.domain_url}/oauth2/userInfo"
      GF_AUTH_GENERIC_OAUTH_LOGIN_ATTRIBUTE_PATH  = "email"
      GF_AUTH_GENERIC_OAUTH_NAME_ATTRIBUTE_PATH   = "email"
      GF_AUTH_GENERIC_OAUTH_GROUPS_ATTRIBUTE_PATH = local.groups
      GF_AUTH_GENERIC_OAUTH_ALLOWED_GROUPS        = "grafana-admin grafana-editor grafana-viewer"
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH   = local.role
      GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_STRICT = "true"
      GF_AUTH_GENERIC_OAUTH_SIGNOUT_REDIRECT_URL  = "${var.sign_in.domain_url}/logout?client_id=${var.sign_in.client_id}&logout_uri=${urlencode("${local.root_url}login")}"
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION  = "true"
      GF_SECURITY_COOKIE_SECURE                   = "true"
      GF_USERS_ALLOW_SIGN_UP                      = "false"

      # Without a domain CloudFront asks by the load balancer's name, so that a browser's origin is another one.
      GF_SECURITY_CSRF_TRUSTED_ORIGINS = trimprefix(var.url, "https://")

      # What would be open to everybody, or tell others, or is somebody else's task here.
      GF_METRICS_ENABLED                    = "false"
      GF_PUBLIC_DASHBOARDS_ENABLED          = "false"
      GF_SNAPSHOTS_ENABLED                  = "false"
      GF_UNIFIED_ALERTING_ENABLED           = "false"
      GF_ANALYTICS_REPORTING_ENABLED        = "false"
      GF_ANALYTICS_CHECK_FOR_UPDATES        = "false"
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES = "false"
      GF_NEWS_NEWS_FEED_ENABLED             = "false"
      GF_SECURITY_DISABLE_GRAVATAR          = "true"

      # AWS is asked with the task's role and in no other way.
      GF_AWS_ALLOWED_AUTH_PROVIDERS = "default"
      GF_AWS_ASSUME_ROLE_ENABLED    = "false"

      # Nothing is fetched at the start but what is named here, in the version that is named.
      GF_PLUGINS_PREINSTALL_ASYNC       = "false"
      GF_PLUGINS_PREINSTALL_AUTO_UPDATE = "false"
      GF_PLUGINS_DISABLE_PLUGINS        = "grafana-exploretraces-app,grafana-lokiexplore-app,grafana-metricsdrilldown-app,grafana-pyroscope-app"
    },
    var.traffic == null ? {} : {
      GF_PLUGINS_PREINSTALL            = local.athena_plugin
      GF_PLUGINS_FORWARD_HOST_ENV_VARS = "grafana-athena-datasource" # or it would not find the task's role
    },
    length(var.dashboards) == 0 ? {} : {
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH = "${local.home}/dashboards/0.json"
    },
    { for place, path in local.paths : "FILE_${place}" => base64gzip(local.files[path]) },
  )
}

# --- roles

data "aws_iam_policy_document" "assumed_by_tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    # ECS may take these roles for this account's own tasks only.
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["${local.arn}:ecs:${var.region}:${local.account}:*"]
    }
  }
}

locals {
  arn     = "arn:${data.aws_partition.current.partition}"
  account = data.aws_caller_identity.current.account_id
  catalog = "${local.arn}:glue:${var.region}:${local.account}"
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "WriteOwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]
  }
}

# The role is the fence: whoever is signed in may send any query to a data source, not only those of the dashboards.
data "aws_iam_policy_document" "task" {
  statement {
    sid       = "ReadMetrics"
    actions   = ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"]
    resources = ["*"] # These actions know no resource.
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid = "AskTraffic"
      actions = [
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetWorkGroup",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ]
      resources = ["${local.arn}:athena:${var.region}:${local.account}:workgroup/${statement.value.workgroup}"]
    }
  }

  # Athena asks Glue and S3 as whoever asks Athena.
  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid     = "KnowTrafficTables"
      actions = ["glue:GetDatabase", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
      resources = [
        "${local.catalog}:catalog",
        "${local.catalog}:database/${statement.value.database}",
        "${local.catalog}:table/${statement.value.database}/*",
      ]
    }
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid       = "ListTrafficLogs"
      actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
      resources = distinct(concat(statement.value.bucket_arns, [local.results_bucket]))
    }
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid       = "ReadTrafficLogs"
      actions   = ["s3:GetObject"]
      resources = [for bucket in statement.value.bucket_arns : "${bucket}/*"]
    }
  }

  dynamic "statement" {
    for_each = var.traffic[*]

    content {
      sid       = "KeepResults"
      actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
      resources = ["${local.results}*"]
    }
  }
}

locals {
  results        = one([for traffic in var.traffic[*] : "${local.arn}:s3:::${trimprefix(traffic.results, "s3://")}"])
  results_bucket = one([for traffic in var.traffic[*] : "${local.arn}:s3:::${split("/", trimprefix(traffic.results, "s3://"))[0]}"])
}

resource "aws_iam_role" "execution" {
  name               = var.names.execution_role
  description        = "ECS: writes the log of ${var.names.task_family}"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

resource "aws_iam_role_policy" "execution" {
  name   = "log"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

resource "aws_iam_role" "task" {
  name               = var.names.task_role
  description        = "Grafana: reads metrics and traffic logs"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_tasks.json
}

resource "aws_iam_role_policy" "task" {
  name   = "read"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task.json
}

resource "aws_cloudwatch_log_group" "this" {
  name              = var.names.log_group
  retention_in_days = var.log_retention_days
}

# --- who reaches whom

resource "aws_security_group" "this" {
  name        = var.names.security_group
  description = "Grafana: in from the load balancer, out to AWS, the sign-in pages and the plugin catalogue"
  vpc_id      = var.network.vpc_id

  tags = { Name = var.names.security_group }
}

resource "aws_vpc_security_group_ingress_rule" "from_load_balancer" {
  security_group_id            = aws_security_group.this.id
  description                  = "Requests and health checks"
  referenced_security_group_id = var.load_balancer.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# Names are resolved all the same: no security group stands before the VPC's own resolver.
resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "AWS, the sign-in pages, the registry and the plugin catalogue"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_task" {
  security_group_id            = var.load_balancer.security_group_id
  description                  = "To ${var.names.task_family}"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

# --- from the listener to the task

resource "aws_lb_target_group" "this" {
  name                 = var.names.target_group
  vpc_id               = var.network.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = local.port
  deregistration_delay = 30

  health_check {
    path                = "${var.path}/api/health"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 4
    matcher             = "200"
  }

  # While a new task comes up beside the old one, each knows its own sessions only.
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 86400
    enabled         = true
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = { (var.path) = var.priorities[0], "${var.path}/*" = var.priorities[1] }

  listener_arn = var.load_balancer.listener_arn
  priority     = each.value

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }

  condition {
    path_pattern {
      values = [each.key]
    }
  }
}

# --- the service

resource "aws_ecs_task_definition" "this" {
  family                   = var.names.task_family
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  # The root of the file system stays writable. Grafana writes to /tmp and /var/lib/grafana; Fargate gives volumes to
  # root alone (ECS developer guide, "Bind mounts"), so that a second container, as root, would have to hand them over:
  # more power than is taken away from a process that is nobody special and cannot change its own programs.
  container_definitions = jsonencode([{
    name         = var.names.container
    image        = var.image
    essential    = true
    user         = "472" # grafana
    entryPoint   = ["/bin/sh", "-c"]
    command      = [local.script]
    portMappings = [{ containerPort = local.port, protocol = "tcp" }]

    environment = [for name in sort(keys(local.settings)) : { name = name, value = local.settings[name] }]

    linuxParameters = {
      capabilities       = { drop = ["ALL"] }
      initProcessEnabled = true
    }

    healthCheck = {
      # The smaller of the two images has the first program, the larger one the second.
      command = [
        "CMD-SHELL",
        "wget -q -O /dev/null http://127.0.0.1:${local.port}${var.path}/api/health || curl -fsS -o /dev/null http://127.0.0.1:${local.port}${var.path}/api/health",
      ]
      interval    = 15
      timeout     = 5
      retries     = 4
      startPeriod = 120
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = var.region
        awslogs-stream-prefix = "grafana"
      }
    }
  }])

  # A new revision is there before the service stops using the old one.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_service" "this" {
  name                              = var.names.service
  cluster                           = var.cluster_arn
  launch_type                       = "FARGATE"
  task_definition                   = aws_ecs_task_definition.this.arn
  desired_count                     = 1
  health_check_grace_period_seconds = 180
  availability_zone_rebalancing     = "DISABLED" # One task has nothing to be balanced against.
  enable_ecs_managed_tags           = true
  propagate_tags                    = "SERVICE"

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.network.subnet_ids
    security_groups  = [aws_security_group.this.id]
    assign_public_ip = var.network.assign_public_ip
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = var.names.container
    container_port   = local.port
  }

  # ECS refuses a target group that no listener uses; and on the way down the task needs its permissions to the end.
  depends_on = [
    aws_lb_listener_rule.this,
    aws_iam_role_policy.execution,
    aws_iam_role_policy.task,
    aws_vpc_security_group_ingress_rule.from_load_balancer,
    aws_vpc_security_group_egress_rule.https,
    aws_vpc_security_group_egress_rule.load_balancer_to_task,
  ]
}
