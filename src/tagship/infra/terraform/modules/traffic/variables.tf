variable "names" {
  description = "Names of the buckets, the Glue database and the Athena workgroup."
  type = object({
    logs_bucket     = string
    firewall_bucket = string
    database        = string
    workgroup       = string
  })

  # CloudFront delivers to buckets without dots only; WAF only to names that begin so.
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.names.logs_bucket))
    error_message = "The logs' bucket must have 3 to 63 lower-case letters, digits and inner hyphens; it is \"${var.names.logs_bucket}\"."
  }

  validation {
    condition     = can(regex("^aws-waf-logs-[a-z0-9-]{0,49}[a-z0-9]$", var.names.firewall_bucket))
    error_message = "The firewall's bucket must begin with aws-waf-logs- and have at most 63 lower-case letters, digits and hyphens; it is \"${var.names.firewall_bucket}\"."
  }

  validation {
    condition     = can(regex("^[a-z0-9_]{1,128}$", var.names.database))
    error_message = "The database's name must have at most 128 lower-case letters, digits and underscores; it is \"${var.names.database}\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,128}$", var.names.workgroup))
    error_message = "The workgroup's name must have at most 128 letters, digits, dots, hyphens and underscores; it is \"${var.names.workgroup}\"."
  }
}

variable "region" {
  description = "The region of the load balancer and of the buckets, which is part of the paths of logs."
  type        = string
}

variable "web_acls" {
  description = "The web ACLs that log into the firewall's bucket; without any, neither bucket nor table is created."
  type = list(object({
    name  = string
    scope = string
  }))
  default = []

  validation {
    condition     = alltrue([for acl in var.web_acls : contains(["CLOUDFRONT", "REGIONAL"], acl.scope)])
    error_message = "The scope of a web ACL is CLOUDFRONT or REGIONAL; got ${join(", ", var.web_acls[*].scope)}."
  }
}

variable "days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = var.days >= 1 && var.days <= 3650 && floor(var.days) == var.days
    error_message = "days must be a whole number from 1 to 3650, not ${var.days}."
  }
}

variable "force_destroy" {
  description = "Whether the buckets and the workgroup may be deleted together with logs, results and the history of queries."
  type        = bool
  default     = false
}
