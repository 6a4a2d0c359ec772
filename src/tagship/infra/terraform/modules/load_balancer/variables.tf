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
  description = "Private subnets in two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "A load balancer needs subnets in two zones; got ${length(var.subnet_ids)}."
  }
}

variable "deletion_protection" {
  description = "Deletion protection of the load balancer."
  type        = bool
  default     = false
}

variable "domain" {
  description = "Domain name of the HTTPS listener, and its Route 53 hosted zone; null for HTTP."
  type = object({
    name    = string
    zone_id = string
  })
  default = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain.name))
    error_message = "domain.name must be a name such as shop.example.com, in small letters and without a dot at its end, not \"${try(var.domain.name, "")}\"."
  }

  validation {
    # The certificate's first name, which is this one, has at most 64 characters (ACM user guide, "Quotas").
    condition     = try(length(var.domain.name), 0) <= 64
    error_message = "domain.name has ${try(length(var.domain.name), 0)} characters; a certificate's name has at most 64."
  }
}

variable "sign_in" {
  description = "Whether a service requires sign-in: the load balancer then calls Cognito, and needs internet access."
  type        = bool
  default     = false

  validation {
    condition     = !var.sign_in || var.domain != null
    error_message = "Sign-in at the load balancer needs a domain: AWS offers it over HTTPS only."
  }
}

variable "access_logs" {
  description = "Bucket, with the policy that lets load balancers write, and prefix of the access logs; null for none."
  type = object({
    bucket = string
    prefix = string
  })
  default = null

  validation {
    # ELB user guide, "Enable access logs for your Application Load Balancer".
    condition     = var.access_logs == null || try(!strcontains(var.access_logs.prefix, "AWSLogs") && !startswith(var.access_logs.prefix, "/") && !endswith(var.access_logs.prefix, "/"), false)
    error_message = "access_logs.prefix must neither hold AWSLogs nor begin or end with /; it is \"${try(var.access_logs.prefix, "")}\"."
  }
}
