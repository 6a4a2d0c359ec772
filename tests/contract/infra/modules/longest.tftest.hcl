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

# `longest` has every system, and names as long and as odd as the manifest allows. What it renders is held to what AWS
# documents by tests/contract/infra/test_texts.py.
variables {
  manifest = var.longest
}

run "the_longest_and_oddest_names_of_everything" {
  command = plan

  assert {
    condition     = length(keys(var.manifest.services)) == 2
    error_message = "The manifest is that of tests/contract/infra/test_modules.py."
  }
}
