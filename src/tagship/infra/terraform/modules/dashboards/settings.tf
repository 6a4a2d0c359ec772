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

  # A key that nobody knows, new for each task: it signs what has to hold while somebody signs in. Where there
  # is none, nothing starts: Grafana's own default is public.
  script = chomp(templatefile("${path.module}/start.sh.tftpl", { home = local.home, paths = local.paths }))

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
