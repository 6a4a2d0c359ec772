variable "name" {
  description = "Begins the Name tag of everything in this network."
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
    error_message = "network.cidr must be between /16 and /24, so that an eighth of it can hold a load balancer; it is \"${var.cidr}\"."
  }

  validation {
    condition     = try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "network.cidr must be the first address of its range: ${try(cidrsubnet(var.cidr, 0, 0), "10.20.0.0/16")} rather than \"${var.cidr}\"."
  }
}

variable "zones" {
  description = "Two availability zones. They are fixed when the subnets are made."
  type        = list(string)

  validation {
    condition     = length(var.zones) == 2 && length(distinct(var.zones)) == 2
    error_message = "zones must be two different availability zones, not ${jsonencode(var.zones)}."
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
