variable "name" {
  description = "Name of the ECS cluster."
  type        = string
}

variable "container_insights" {
  description = "Whether CloudWatch keeps metrics of each task and container; they cost money per metric."
  type        = bool
  default     = false
}
