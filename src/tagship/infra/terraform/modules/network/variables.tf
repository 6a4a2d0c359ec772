variable "name" {
  description = "Prefix of the Name tags in this network."
  type        = string
}

variable "cidr" {
  description = "Private address range of the VPC; it is cut into eight equal blocks, six of which become subnets."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.cidr)) && !strcontains(var.cidr, ":")
    error_message = "network.cidr must be an IPv4 range such as 10.20.0.0/16, not \"${var.cidr}\"."
  }

  validation {
    # AWS allows a VPC of /16 to /28; a load balancer wants subnets of at least /27, which are an eighth of a /24.
    condition     = try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 24, false)
    error_message = "network.cidr must be between /16 and /24, so that an eighth of it is large enough for a load balancer; it is \"${var.cidr}\"."
  }

  validation {
    condition     = can(regex("^(10\\.|192\\.168\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.)", var.cidr))
    error_message = "network.cidr must be in a private range (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), not \"${var.cidr}\": the public hosts of that range would be unreachable."
  }

  validation {
    condition     = try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "network.cidr must be the first address of its range: ${try(cidrsubnet(var.cidr, 0, 0), "10.20.0.0/16")} rather than \"${var.cidr}\"."
  }
}

variable "zones" {
  description = "Two availability zones. They cannot change once the subnets exist."
  type        = list(string)

  validation {
    condition     = length(var.zones) == 2 && length(distinct(var.zones)) == 2
    error_message = "zones must be two different availability zones, not ${jsonencode(var.zones)}."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-z]+(-[a-z]+)+-[0-9]+[a-z]$", zone))])
    error_message = "zones must be names such as eu-central-1a, not ${jsonencode(var.zones)}."
  }

  validation {
    condition     = length(distinct([for zone in var.zones : substr(zone, 0, length(zone) - 1)])) == 1
    error_message = "zones must be in one region; ${jsonencode(var.zones)} do not."
  }
}

variable "nat" {
  description = "How private subnets reach the internet: none, single (one gateway for both zones) or per-zone."
  type        = string
  default     = "single"

  validation {
    condition     = contains(["none", "single", "per-zone"], var.nat)
    error_message = "network.nat must be none, single or per-zone, not \"${var.nat}\"."
  }
}

variable "endpoints" {
  description = "Which AWS services are reached inside the VPC: s3 (free), ecr, logs, secrets (each a price per hour and zone)."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for endpoint in var.endpoints : contains(["s3", "ecr", "logs", "secrets"], endpoint)])
    error_message = "network.endpoints can be s3, ecr, logs and secrets, not ${jsonencode(setsubtract(var.endpoints, ["s3", "ecr", "logs", "secrets"]))}."
  }
}

variable "endpoints_security_group_name" {
  description = "Name of the endpoints' security group; needed where there is an endpoint other than s3."
  type        = string
  default     = null

  validation {
    condition     = var.endpoints_security_group_name != null || length(setsubtract(var.endpoints, ["s3"])) == 0
    error_message = "endpoints_security_group_name must be given: the endpoints ${jsonencode(setsubtract(var.endpoints, ["s3"]))} get a security group."
  }
}

variable "flow_logs" {
  description = "Names of the log group and the role of the VPC flow logs, and their retention in days; null for none."
  type = object({
    log_group = string
    role      = string
    days      = number
  })
  default = null

  validation {
    condition     = var.flow_logs == null || try(contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.flow_logs.days), false)
    error_message = "flow_logs.days must be a retention that CloudWatch Logs offers, such as 7, 30, 90 or 365, not ${jsonencode(try(var.flow_logs.days, null))}."
  }

  validation {
    condition     = try(length(var.flow_logs.role), 0) <= 64
    error_message = "A role's name has at most 64 characters."
  }
}
