terraform {
  required_version = ">= 1.11"

  # Bucket, key and region come from the command line: -backend-config=...
  backend "s3" {}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  region              = var.manifest.region
  allowed_account_ids = var.manifest.account == null ? null : [var.manifest.account]

  default_tags {
    tags = {
      "tagship:app"         = var.manifest.app
      "tagship:environment" = var.manifest.environment
    }
  }
}
