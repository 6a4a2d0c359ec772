variable "bucket" {
  description = "Name of the site's bucket."
  type        = string
}

variable "force_destroy" {
  description = "Whether the bucket may be deleted together with its files."
  type        = bool
  default     = false
}

variable "distribution_arn" {
  description = "The distribution that reads the bucket."
  type        = string
}
