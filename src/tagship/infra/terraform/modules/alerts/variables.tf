variable "names" {
  description = "All names of the alerts, within AWS's limits; the two prefixes are for the names of rules and alarms."
  type = object({
    topic          = string
    function       = string
    role           = string
    log_group      = string
    webhook_secret = string
    rule_prefix    = string
    alarm_prefix   = string
  })

  validation {
    condition     = length(var.names.function) <= 64 && length(var.names.role) <= 64
    error_message = "The names of a function and of a role have at most 64 characters; \"${var.names.function}\" has ${length(var.names.function)}, \"${var.names.role}\" has ${length(var.names.role)}."
  }

  validation {
    condition     = length(var.names.rule_prefix) <= 52
    error_message = "A rule's name has at most 64 characters, of which 12 are its ending: rule_prefix may have 52, and \"${var.names.rule_prefix}\" has ${length(var.names.rule_prefix)}."
  }
}

variable "package" {
  description = "Path of the function's zip, which tagship creates."
  type        = string

  validation {
    condition     = fileexists(var.package)
    error_message = "package must be the function's zip, and there is no file \"${var.package}\"."
  }
}

variable "emails" {
  description = "E-mail addresses to notify as well; each must confirm its SNS subscription."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "emails must be addresses such as ops@example.com, not ${jsonencode(var.emails)}."
  }
}

variable "cluster" {
  description = "The ECS cluster of the monitored services."
  type = object({
    arn  = string
    name = string
  })
}

variable "services" {
  description = "The monitored services: by the manifest's name, the ECS service's name and its target group's ARN suffix."
  type = map(object({
    name                    = string
    target_group_arn_suffix = string
  }))
}

variable "load_balancer_arn_suffix" {
  description = "The load balancer, as CloudWatch names it: app/name/id."
  type        = string

  validation {
    condition     = can(regex("^app/[^/]+/[^/]+$", var.load_balancer_arn_suffix))
    error_message = "load_balancer_arn_suffix must be the end of an application load balancer's ARN, app/name/id, not \"${var.load_balancer_arn_suffix}\"."
  }
}

variable "database" {
  description = "The monitored Aurora cluster, if there is one; connections is the alarm threshold for its instance class."
  type = object({
    cluster     = string
    serverless  = bool
    connections = optional(number, 400)
  })
  default = null
}

variable "thresholds" {
  description = "Alarm thresholds: CPU and memory in percent, 5xx responses per minute, latency (p95) in seconds."
  type = object({
    cpu     = optional(number, 80)
    memory  = optional(number, 85)
    errors  = optional(number, 10)
    latency = optional(number, 2)
  })
  default = {}

  validation {
    condition     = alltrue([for share in [var.thresholds.cpu, var.thresholds.memory] : share > 0 && share < 100])
    error_message = "thresholds.cpu and thresholds.memory must be between 0 and 100 percent, not ${var.thresholds.cpu} and ${var.thresholds.memory}."
  }

  validation {
    condition     = var.thresholds.errors > 0 && var.thresholds.latency > 0
    error_message = "thresholds.errors and thresholds.latency must be more than 0, not ${var.thresholds.errors} and ${var.thresholds.latency}."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the function's log."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a retention that CloudWatch Logs offers, such as 7, 30, 90 or 365, not ${var.log_retention_days}."
  }
}
