terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"

      # The same account and region under a name of its own: the tests of Terraform can stand in for a provider,
      # but not for its ephemeral resources.
      configuration_aliases = [aws.passwords]
    }
  }
}
