variable "names" {
  description = "The role's name; the names of its policies begin with it."
  type = object({
    role = string
  })

  validation {
    condition     = length(var.names.role) <= 64
    error_message = "A role's name has at most 64 characters; \"${var.names.role}\" has ${length(var.names.role)}."
  }
}

variable "repository" {
  description = "The GitHub repository whose workflows may deploy, spelt as GitHub spells it: IAM is case-sensitive."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "repository must be owner/name, such as example/shop, not \"${var.repository}\"."
  }
}

variable "owner_id" {
  description = "GitHub's number of the owner; with repository_id, tokens of the immutable form are trusted, too."
  type        = string
  default     = null

  validation {
    condition     = (var.owner_id == null) == (var.repository_id == null)
    error_message = "owner_id and repository_id must be given together."
  }

  validation {
    condition     = var.owner_id == null || can(regex("^[0-9]+$", var.owner_id))
    error_message = "owner_id must be a number, as GitHub's API shows it, not \"${coalesce(var.owner_id, "nothing")}\"."
  }
}

variable "repository_id" {
  description = "GitHub's number of the repository; see owner_id."
  type        = string
  default     = null

  validation {
    condition     = var.repository_id == null || can(regex("^[0-9]+$", var.repository_id))
    error_message = "repository_id must be a number, as GitHub's API shows it, not \"${coalesce(var.repository_id, "nothing")}\"."
  }
}

variable "only_numbers" {
  description = "Whether only tokens of the immutable form are trusted, so that a re-registered name cannot deploy."
  type        = bool
  default     = false

  validation {
    condition     = !var.only_numbers || var.owner_id != null
    error_message = "only_numbers needs owner_id and repository_id: otherwise no workflow could deploy."
  }
}

variable "tag_pattern" {
  description = "Which git tags may deploy."
  type        = string
  default     = "v*"

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/*-]*$", var.tag_pattern))
    error_message = "tag_pattern must begin with a letter or a digit, so that not every tag deploys, such as v*; it is \"${var.tag_pattern}\"."
  }
}

variable "environment" {
  description = "The GitHub environment of the deploying job, if it has one: its token then has the environment instead of the tag, and the environment's rules decide which tags deploy."
  type        = string
  default     = null

  validation {
    condition     = var.environment == null || can(regex("^[A-Za-z0-9_-]+$", var.environment))
    error_message = "environment must have letters, digits, hyphens and underscores only, not \"${coalesce(var.environment, "nothing")}\"."
  }
}

variable "create_provider" {
  description = "Whether the account's OIDC provider for GitHub is created here; an account has one at most, so only one of its environments creates it."
  type        = bool
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "services" {
  description = "Resources of each service that a release changes."
  type = map(object({
    service_arn         = string
    role_arns           = list(string)
    repository_arn      = string
    task_family         = string
    log_group_arn       = string
    target_group_arn    = string
    scalable_target_arn = optional(string)
  }))

  validation {
    condition     = length(var.services) > 0 && length(var.services) <= 50
    error_message = "A role takes ten policies of five services each: ${length(var.services)} services are not between 1 and 50."
  }
}

variable "secrets" {
  description = "The app's own secrets, whose newest version a release looks at: what their names begin with, whole ARNs of others, and whether there are parameters."
  type = object({
    prefix     = optional(string)
    arns       = optional(list(string), [])
    parameters = optional(bool, false)
  })
  default = {}
}

variable "buckets" {
  description = "The environment's bucket, with the release records, and the site's, if there is one."
  type = object({
    environment = string
    site        = optional(string)
  })
}

variable "distribution_arn" {
  description = "The CloudFront distribution that a release invalidates, if there is a site."
  type        = string
  default     = null
}
