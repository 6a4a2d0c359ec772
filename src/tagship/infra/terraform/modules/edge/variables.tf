variable "names" {
  description = "Names of the distribution and its resources."
  type = object({
    distribution   = string
    function       = string
    headers_policy = string
    access_control = string
    log_delivery   = string
  })

  validation {
    condition     = alltrue([for name in [var.names.function, var.names.access_control] : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    error_message = "The names of the function and of the access control must have at most 64 letters, digits, hyphens and underscores; they are \"${var.names.function}\" and \"${var.names.access_control}\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,60}$", var.names.log_delivery))
    error_message = "The name of the log delivery must have at most 60 letters, digits, hyphens and underscores; it is \"${var.names.log_delivery}\"."
  }

  validation {
    condition     = length(var.names.distribution) <= 128
    error_message = "The distribution's name must have at most 128 characters; it has ${length(var.names.distribution)}."
  }
}

variable "load_balancer" {
  description = "The internal load balancer of the services, and the origin protocol: http-only or https-only."
  type = object({
    arn      = string
    dns_name = string
    protocol = string
  })

  validation {
    condition     = contains(["http-only", "https-only"], var.load_balancer.protocol)
    error_message = "load_balancer.protocol must be http-only or https-only, not \"${var.load_balancer.protocol}\"."
  }
}

variable "service_paths" {
  description = "Path patterns of services, the most specific first; all other paths go to the site, if there is one."
  type        = list(string)

  validation {
    condition     = var.site == null || length(var.service_paths) <= 74
    error_message = "A distribution has 75 cache behaviors at most, one of them the site's: ${length(var.service_paths)} paths of services are too many."
  }

  validation {
    condition     = var.site == null || !contains(var.service_paths, "/*")
    error_message = "The path /* belongs to the site: a service cannot have it."
  }
}

variable "site" {
  description = "The site's bucket by its own name, and whether Returns index.html for every path that is not a file. Without a site all requests go to the services."
  type = object({
    domain_name = string
    single_page = optional(bool, false)
  })
  default = null
}

variable "domain" {
  description = "The app's domain name and its hosted zone. Without one, the app has CloudFront's own domain name."
  type = object({
    name    = string
    zone_id = string
  })
  default = null

  validation {
    condition     = var.domain == null || var.load_balancer.protocol == "https-only"
    error_message = "With a domain the load balancer has a certificate of that name, so load_balancer.protocol must be https-only, not \"${var.load_balancer.protocol}\"."
  }

  validation {
    condition     = var.domain != null || var.load_balancer.protocol == "http-only"
    error_message = "Without a domain no certificate fits the load balancer's name, so load_balancer.protocol must be http-only, not \"${var.load_balancer.protocol}\"."
  }
}

variable "web_acl_arn" {
  description = "The firewall's web ACL, of scope CLOUDFRONT."
  type        = string
  default     = null
}

variable "logs" {
  description = "Destination of access logs: a bucket and a prefix."
  type = object({
    bucket_arn = string
    prefix     = string
  })
  default = null

  validation {
    condition     = var.logs == null ? true : can(regex("^[A-Za-z0-9][A-Za-z0-9/_-]*[A-Za-z0-9]$", var.logs.prefix))
    error_message = "logs.prefix must be a folder such as edge, without a slash at its ends."
  }
}

variable "price_class" {
  description = "Price class, which decides the edge locations: PriceClass_100 is Europe, North America and Israel."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class must be PriceClass_100, PriceClass_200 or PriceClass_All, not \"${var.price_class}\"."
  }
}
