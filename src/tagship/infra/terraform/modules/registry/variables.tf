variable "name" {
  description = "Name of the ECR repository."
  type        = string
}

variable "keep_images" {
  description = "Number of release images (tags v*) to keep for rollbacks, newest first."
  type        = number
  default     = 50

  validation {
    condition     = var.keep_images >= 5 && var.keep_images <= 1000 && floor(var.keep_images) == var.keep_images
    error_message = "keep_images must be a whole number between 5 and 1000, not ${var.keep_images}: with fewer than five, a rollback soon finds no image."
  }
}

variable "force_delete" {
  description = "Whether the repository may be deleted together with its images."
  type        = bool
  default     = false
}
