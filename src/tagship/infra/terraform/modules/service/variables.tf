variable "names" {
  description = "Every name of the service, made by tagship within AWS's limits."
  type = object({
    service        = string
    container      = string
    task_family    = string
    log_group      = string
    target_group   = string
    execution_role = string
    task_role      = string
    security_group = string
  })

  validation {
    condition     = length(var.names.target_group) <= 32
    error_message = "A target group's name has at most 32 characters; \"${var.names.target_group}\" has ${length(var.names.target_group)}."
  }

  validation {
    condition     = max(length(var.names.execution_role), length(var.names.task_role)) <= 64
    error_message = "A role's name has at most 64 characters."
  }
}

variable "port" {
  description = "The port that the container listens on."
  type        = number

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port must be between 1 and 65535, not ${var.port}."
  }
}

variable "health" {
  description = "How the load balancer asks a task whether it is well; times in seconds."
  type = object({
    path                = optional(string, "/healthz")
    interval            = optional(number, 10)
    timeout             = optional(number, 5)
    healthy_threshold   = optional(number, 2)
    unhealthy_threshold = optional(number, 3)
    grace_period        = optional(number, 30)
  })
  default = {}

  validation {
    condition     = startswith(var.health.path, "/")
    error_message = "health.path must begin with /, not \"${var.health.path}\"."
  }

  validation {
    condition     = var.health.timeout < var.health.interval
    error_message = "health.timeout (${var.health.timeout}) must be smaller than health.interval (${var.health.interval})."
  }
}

variable "paths" {
  description = "Path patterns that the load balancer sends here, each with the priority of its rule: lower is asked first."
  type        = map(number)

  validation {
    condition     = length(var.paths) > 0 && alltrue([for path in keys(var.paths) : can(regex("^/[^\\s]{0,127}$", path))])
    error_message = "paths must be one or more patterns of at most 128 characters that begin with /, not ${jsonencode(keys(var.paths))}."
  }

  validation {
    condition     = alltrue([for priority in values(var.paths) : priority >= 1 && priority <= 50000])
    error_message = "The priority of a listener rule is between 1 and 50000."
  }
}

variable "drain" {
  description = "Seconds in which requests under way may end before a task is stopped."
  type        = number
  default     = 30

  validation {
    condition     = var.drain >= 0 && var.drain <= 3600
    error_message = "drain must be between 0 and 3600 seconds, not ${var.drain}."
  }
}

variable "terminal" {
  description = "Whether a terminal may be opened in a task (ECS Exec)."
  type        = bool
  default     = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the containers' logs."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a length that CloudWatch Logs offers, such as 7, 30, 90 or 365, not ${var.log_retention_days}."
  }
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "repository" {
  description = "The service's image repository."
  type = object({
    arn = string
    url = string
  })
}

variable "network" {
  description = "Where the tasks stand."
  type = object({
    vpc_id           = string
    subnet_ids       = list(string)
    assign_public_ip = bool
  })
}

variable "load_balancer" {
  description = "The listener that gets this service's rules, and the only security group that reaches its tasks."
  type = object({
    listener_arn      = string
    security_group_id = string
  })
}
