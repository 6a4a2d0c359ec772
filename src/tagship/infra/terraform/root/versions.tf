terraform {
  required_version = ">= 1.11"

  # Bucket, key and region come from the command line: -backend-config=...
  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region              = var.manifest.region
  allowed_account_ids = local.allowed_accounts

  default_tags {
    tags = local.tags
  }
}

# What CloudFront uses lives in one region, wherever the environment is: certificates, its firewall, its log delivery.
provider "aws" {
  alias = "us_east_1"

  region              = "us-east-1"
  allowed_account_ids = local.allowed_accounts

  default_tags {
    tags = local.tags
  }
}

# The same again, for the passwords that the database begins with: tests stand in for the other two, and Terraform
# lets nothing stand in for an ephemeral resource.
provider "aws" {
  alias = "passwords"

  region              = var.manifest.region
  allowed_account_ids = local.allowed_accounts
}

locals {
  allowed_accounts = var.manifest.account == null ? null : [var.manifest.account]

  tags = {
    "tagship:app"         = var.manifest.app
    "tagship:environment" = var.manifest.environment
  }
}
