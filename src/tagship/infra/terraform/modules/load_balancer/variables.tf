variable "name" {
  description = "Name of the load balancer: 32 characters at most."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "The load balancer's name must have at most 32 letters, digits and inner hyphens and not begin with internal-; it is \"${var.name}\"."
  }
}

variable "security_group_name" {
  description = "Name of the load balancer's security group."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Public subnets in two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "A load balancer needs subnets in two zones; got ${length(var.subnet_ids)}."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer until this is taken away."
  type        = bool
  default     = false
}
