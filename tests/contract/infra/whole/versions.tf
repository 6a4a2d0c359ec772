# The whole architecture, one of each resource, to hold the embedded AWS to: applied, a second plan is empty,
# and destroyed it leaves nothing. Written inside what both provider 5.100 and 6.x accept.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# CloudFront takes its certificate and its web ACL from there, whatever the region of the rest.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}

variable "region" {
  description = "Where all but the edge is."
  type        = string
  default     = "eu-central-1"
}

variable "lambda_package" {
  description = "A zip with index.py, which has a function handler."
  type        = string
}

locals {
  name  = "whole"
  tags  = { "tagship:app" = local.name }
  zones = toset(slice(data.aws_availability_zones.here.names, 0, 2))
  index = { for index, zone in sort(local.zones) : zone => index }
  me    = data.aws_caller_identity.me.account_id
}

data "aws_caller_identity" "me" {}

data "aws_partition" "here" {}

data "aws_availability_zones" "here" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}
