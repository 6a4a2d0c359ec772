mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1c", "eu-central-1a", "eu-central-1b"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_data "aws_route53_zone" {
    defaults = { zone_id = "Z1" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"
}

# Never asked: a plan opens no ephemeral resource of a database that is not there yet.
provider "aws" {
  alias                       = "passwords"
  region                      = "eu-central-1"
  access_key                  = "nobody"
  secret_key                  = "nothing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

# `small`, `large`, `with_site` and `whole` come from tests/contract/infra/test_modules.py, made by tagship from manifests.
variables {
  manifest = var.small
}

run "an_environment_with_a_site" {
  command = plan

  variables {
    manifest = var.with_site
  }

  assert {
    condition = [for behavior in module.edge.behaviors : behavior.path_pattern] == [
      "/api/admin/*", "/api/*", "/api"
    ]
    error_message = "CloudFront must ask the more exact patterns first, as the load balancer does."
  }
}

run "a_small_environment" {
  command = plan

  assert {
    condition     = keys(module.service) == ["api"] && keys(module.registry) == ["api"]
    error_message = "One service has one registry."
  }

  assert {
    condition     = aws_s3_object.outputs.key == "infra/outputs.json" && aws_s3_object.outputs.bucket == var.small.names.bucket
    error_message = "A release looks for the outputs there."
  }
}

run "what_the_manifest_does_not_name_is_not_there" {
  command = plan

  assert {
    condition = alltrue([
      for instances in [
        module.site, module.database, module.auth, module.firewall, module.load_balancer_firewall, module.traffic,
        module.alerts, module.dashboards, module.vpn, module.github,
      ] : length(instances) == 0
    ])
    error_message = "One service alone needs none of the systems around it."
  }
}

run "the_whole_architecture" {
  command = plan

  variables {
    manifest = var.whole
  }

  assert {
    condition = alltrue([
      for instances in [
        module.site, module.database, module.auth, module.firewall, module.load_balancer_firewall, module.traffic,
        module.alerts, module.dashboards, module.vpn, module.github,
      ] : length(instances) == 1
    ])
    error_message = "Every system that the manifest names is there once."
  }

  assert {
    condition     = module.edge.url == "https://notes.example.com" && module.load_balancer.protocol == "https-only"
    error_message = "With a domain the front door has its name, and the way to the load balancer is encrypted as well."
  }

  assert {
    condition     = module.edge.behaviors[0].path_pattern == "/oauth2/idpresponse"
    error_message = "People who were signed in by the load balancer must come back to it, not to the site."
  }

  assert {
    condition     = contains(module.edge.behaviors[*].path_pattern, "/grafana/*")
    error_message = "The dashboards are reached through the front door."
  }
}

run "a_large_environment" {
  command = plan

  variables {
    manifest = var.large
  }

  assert {
    condition     = length(module.service) == 3 && length(module.registry) == 3
    error_message = "Three services."
  }
}

run "a_zone_that_cloudfront_does_not_reach_is_refused_where_it_was_chosen_by_hand" {
  command = plan

  override_data {
    target = data.aws_availability_zone.by_hand
    values = { zone_id = "use1-az3" }
  }

  variables {
    manifest = merge(var.small, { network = merge(var.small.network, { zones = ["eu-central-1a", "eu-central-1b"] }) })
  }

  expect_failures = [data.aws_availability_zone.by_hand]
}

run "zones_that_cloudfront_does_not_reach_are_not_chosen" {
  command = plan

  assert {
    condition     = data.aws_availability_zones.available.exclude_zone_ids == toset(["apne1-az3", "apne2-az1", "cac1-az3", "use1-az3", "usw1-az2"])
    error_message = "AWS offers no VPC origin there."
  }
}

run "an_unknown_region_is_refused" {
  command = plan

  variables {
    manifest = merge(var.small, { region = "Frankfurt" })
  }

  expect_failures = [var.manifest]
}

run "an_account_of_eleven_digits_is_refused" {
  command = plan

  variables {
    manifest = merge(var.small, { account = "12345678901" })
  }

  expect_failures = [var.manifest]
}

run "no_service_is_refused" {
  command = plan

  variables {
    manifest = merge(var.small, { services = {} })
  }

  expect_failures = [var.manifest]
}

run "one_path_for_two_services_is_refused" {
  command = plan

  variables {
    manifest = merge(var.small, { services = { api = var.small.services.api, web = var.small.services.api } })
  }

  expect_failures = [var.manifest]
}

run "one_priority_for_two_paths_is_refused" {
  command = plan

  variables {
    manifest = merge(var.small, { services = { api = merge(var.small.services.api, { paths = { "/a" = 7, "/b" = 7 } }) } })
  }

  expect_failures = [var.manifest]
}
