mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-central-1c", "eu-central-1a", "eu-central-1b"] }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

# `small`, `large` and `with_site` come from tests/contract/infra/test_modules.py, made by tagship from two manifests.
variables {
  manifest = var.small
}

run "an_environment_with_a_site" {
  command = plan

  variables {
    manifest = var.with_site
  }

  assert {
    condition = [for behavior in module.site[0].behaviors : behavior.path_pattern] == [
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
