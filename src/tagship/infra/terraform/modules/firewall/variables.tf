variable "name" {
  description = "Name of the web ACL; its IP sets are named after it."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,120}$", var.name))
    error_message = "The firewall's name must have at most 120 letters, digits, hyphens and underscores; it is \"${var.name}\"."
  }
}

variable "scope" {
  description = "CLOUDFRONT, created in us-east-1, or REGIONAL, for the load balancer."
  type        = string

  validation {
    condition     = contains(["CLOUDFRONT", "REGIONAL"], var.scope)
    error_message = "scope must be CLOUDFRONT or REGIONAL, not \"${var.scope}\"."
  }
}

variable "mode" {
  description = "Action of the managed rule groups: count or block."
  type        = string
  default     = "count"

  validation {
    condition     = contains(["count", "block"], var.mode)
    error_message = "mode must be count or block, not \"${var.mode}\"."
  }
}

variable "rate_limit" {
  description = "Maximum number of requests per IP address in five minutes; more are blocked, in both modes. Scope CLOUDFRONT only."
  type        = number
  default     = 2000

  validation {
    condition     = var.rate_limit >= 10 && var.rate_limit <= 2000000000 && floor(var.rate_limit) == var.rate_limit
    error_message = "rate_limit must be a whole number from 10 to 2000000000 requests in five minutes, not ${var.rate_limit}."
  }
}

variable "countries" {
  description = "Country codes (ISO 3166): the only ones allowed, if there are any, and those blocked, in both modes. Scope CLOUDFRONT only."
  type = object({
    allow = optional(list(string), [])
    block = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = alltrue([for code in concat(var.countries.allow, var.countries.block) : can(regex("^[A-Z]{2}$", code))])
    error_message = "A country code is two capital letters such as DE; got ${join(", ", [for code in concat(var.countries.allow, var.countries.block) : code if !can(regex("^[A-Z]{2}$", code))])}."
  }

  validation {
    condition     = length(var.countries.allow) <= 50 && length(var.countries.block) <= 50
    error_message = "A rule of the firewall names 50 countries at most; got ${length(var.countries.allow)} to allow and ${length(var.countries.block)} to block."
  }

  validation {
    condition     = length(setintersection(var.countries.allow, var.countries.block)) == 0
    error_message = "Both allowed and blocked: ${join(", ", setintersection(var.countries.allow, var.countries.block))}."
  }
}

variable "allow_addresses" {
  description = "Addresses (CIDR, IPv4 or IPv6) that bypass all rules."
  type        = list(string)
  default     = []

  # WAF knows every network but /0. Source: WAFv2, IPSet.Addresses.
  validation {
    condition     = alltrue([for cidr in var.allow_addresses : can(cidrhost(cidr, 0)) && !endswith(cidr, "/0")])
    error_message = "allow_addresses must be networks such as 192.0.2.0/24 or 2001:db8::/48, and not every address; got ${join(", ", [for cidr in var.allow_addresses : cidr if !can(cidrhost(cidr, 0)) || endswith(cidr, "/0")])}."
  }
}

variable "large_bodies" {
  description = "Path patterns (* is any text, ? any character) whose requests may have bodies above 8 KB."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for pattern in var.large_bodies : can(regex(local.path, pattern))])
    error_message = "large_bodies must be path patterns that begin with a slash, of letters, digits and _-.$/~\"'@:+&*?; got ${join(", ", [for pattern in var.large_bodies : pattern if !can(regex(local.path, pattern))])}."
  }

  # As main.tf writes them. Source: AWS WAF quotas, "characters in a regex pattern".
  validation {
    condition     = length(join("|", [for pattern in var.large_bodies : "^${replace(replace(pattern, "/[.+$]/", "\\$0"), "*", ".*")}$"])) <= 200
    error_message = "The ${length(var.large_bodies)} patterns of large_bodies become one regular expression, and have more than the 200 characters that it may have: use fewer or shorter ones."
  }
}

variable "logs" {
  description = "Destination of the firewall's logs: a bucket whose name begins with aws-waf-logs-."
  type = object({
    destination_arn = string
  })
  default = null
}

variable "resource_arn" {
  description = "The load balancer of a web ACL of scope REGIONAL; a distribution refers to its web ACL itself."
  type        = string
  default     = null

  validation {
    condition     = (var.scope == "REGIONAL") == (var.resource_arn != null)
    error_message = "resource_arn belongs to scope REGIONAL, and to that one only: scope is ${var.scope}."
  }
}
