variable "name" {
  description = "Name of what belongs to the distribution: 64 characters at most."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "The site's name must have at most 64 letters, digits, hyphens and underscores; it is \"${var.name}\"."
  }
}

variable "bucket" {
  description = "Name of the site's bucket."
  type        = string
}

variable "load_balancer" {
  description = "Where services answer, and how CloudFront speaks to it."
  type = object({
    dns_name        = string
    protocol_policy = optional(string, "http-only")
  })
}

variable "service_paths" {
  description = "Path patterns that services answer, the more exact first; the site answers all others."
  type        = list(string)

  validation {
    condition     = length(var.service_paths) <= 74
    error_message = "A distribution has 75 cache behaviors at most, one of them the site's: ${length(var.service_paths)} paths of services are too many."
  }

  validation {
    condition     = !contains(var.service_paths, "/*")
    error_message = "The path /* belongs to the site: a service cannot have it."
  }
}

variable "single_page" {
  description = "Whether index.html answers for every path that names no file."
  type        = bool
  default     = false
}

variable "price_class" {
  description = "Which edge locations serve: PriceClass_100 is Europe, North America and Israel."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class must be PriceClass_100, PriceClass_200 or PriceClass_All, not \"${var.price_class}\"."
  }
}

variable "force_destroy" {
  description = "Whether the bucket may be deleted together with its files."
  type        = bool
  default     = false
}
