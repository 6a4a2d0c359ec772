variable "names" {
  description = "All names."
  type = object({
    instance       = string
    role           = string
    profile        = string
    security_group = string
    secret         = string
  })
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_id" {
  description = "A public subnet."
  type        = string
}

variable "private_cidr" {
  description = "Address range of the VPC, which is routed through the tunnel."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.private_cidr)) && try(cidrsubnet(var.private_cidr, 0, 0) == var.private_cidr, false)
    error_message = "private_cidr must be an IPv4 range such as 10.20.0.0/16, not \"${var.private_cidr}\"."
  }
}

variable "clients_cidr" {
  description = "IP range of VPN clients."
  type        = string

  validation {
    # OpenVPN takes /16 to /29 for a pool of its own (manual, `server`).
    condition = can(cidrnetmask(var.clients_cidr)) && try(
      cidrsubnet(var.clients_cidr, 0, 0) == var.clients_cidr
      && tonumber(split("/", var.clients_cidr)[1]) >= 16 && tonumber(split("/", var.clients_cidr)[1]) <= 29,
      false
    )
    error_message = "vpn.clients must be an IPv4 range between /16 and /29, such as 10.8.0.0/24, that begins with its first address; it is \"${var.clients_cidr}\"."
  }

  validation {
    # Two ranges overlap when they are one at the shorter of their prefixes.
    condition = try(length(distinct([
      for cidr in [var.clients_cidr, var.private_cidr] : cidrhost(
        "${split("/", cidr)[0]}/${min([for each in [var.clients_cidr, var.private_cidr] : tonumber(split("/", each)[1])]...)}", 0
      )
    ])) == 2, true)
    error_message = "vpn.clients (${var.clients_cidr}) must not overlap network.cidr (${var.private_cidr}): routes would be ambiguous."
  }
}

variable "database" {
  description = "Security group and port that clients may reach."
  type = object({
    security_group_id = string
    port              = number
  })
}

variable "instance_type" {
  description = "Size of the host, with a Graviton processor."
  type        = string
  default     = "t4g.nano"

  validation {
    condition     = can(regex("^[a-z]+[0-9]+g[a-z]*\\.[a-z0-9]+$", var.instance_type))
    error_message = "vpn.instance must be an instance type with a Graviton processor, such as t4g.nano; it is \"${var.instance_type}\"."
  }
}

variable "log_group" {
  description = "Name of the log group for connections; null for none."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days for which the log is kept."
  type        = number
  default     = 90
}

variable "region" {
  description = "The region."
  type        = string
}
