variable "names" {
  description = "All names, within AWS's limits."
  type = object({
    service        = string
    task_family    = string
    container      = string
    log_group      = string
    execution_role = string
    task_role      = string
    target_group   = string
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

variable "image" {
  description = "Grafana's image, with a version tag or a digest."
  type        = string

  validation {
    condition     = can(regex("^[^\\s@]+(:[\\w][\\w.-]*|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image must name one version, such as grafana/grafana:12.2.1 or a digest, not \"${var.image}\"."
  }

  validation {
    # A private registry of ECR: ACCOUNT.dkr.ecr.REGION.amazonaws.com, or dkr-ecr.REGION.on.aws (ECR user guide, "Private registry").
    condition     = !can(regex("^[0-9]{12}\\.dkr[.-]ecr", var.image))
    error_message = "image cannot be in a private ECR repository: the execution role has no permissions there. Use a public image, such as grafana/grafana:12.2.1 or one of public.ecr.aws."
  }
}

variable "cpu" {
  description = "CPU units of the task; 1024 are one processor."
  type        = number
  default     = 512

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "cpu must be 256, 512, 1024, 2048 or 4096, not ${var.cpu}."
  }
}

variable "memory" {
  description = "Memory of the task, in MiB."
  type        = number
  default     = 1024

  # ECS developer guide, "Task size": each step of CPU has its range.
  validation {
    condition     = var.memory >= 2 * var.cpu && var.memory <= min(8 * var.cpu, 30720) && (var.memory % 1024 == 0 || var.memory == 512)
    error_message = "With cpu = ${var.cpu}, memory must be a multiple of 1024 (or 512) from ${2 * var.cpu} to ${min(8 * var.cpu, 30720)}, not ${var.memory}."
  }
}

variable "cluster_arn" {
  description = "The ECS cluster."
  type        = string
}

variable "network" {
  description = "Network configuration of the task."
  type = object({
    vpc_id           = string
    subnet_ids       = list(string)
    assign_public_ip = bool
  })
}

variable "load_balancer" {
  description = "The listener that gets Grafana's rules, and the only security group that reaches its task."
  type = object({
    listener_arn      = string
    security_group_id = string
  })
}

variable "path" {
  description = "Path prefix of Grafana, without a slash at the end."
  type        = string
  default     = "/grafana"

  validation {
    condition     = can(regex("^/[a-z0-9-]+(/[a-z0-9-]+)*$", var.path))
    error_message = "path must begin with / and end without one, such as /grafana, not \"${var.path}\"."
  }
}

variable "priorities" {
  description = "Priorities of the two listener rules: for the path itself, and for the paths below it."
  type        = list(number)

  validation {
    condition     = length(var.priorities) == 2 && length(distinct(var.priorities)) == 2 && alltrue([for priority in var.priorities : priority >= 1 && priority <= 50000])
    error_message = "priorities must be two different numbers between 1 and 50000, not ${jsonencode(var.priorities)}."
  }
}

variable "url" {
  description = "URL of the app, without a slash at the end."
  type        = string

  validation {
    condition     = can(regex("^https://[^/\\s]+$", var.url))
    error_message = "url must be the app's URL with https://, without a path, not \"${var.url}\"."
  }
}

variable "region" {
  description = "The region of metrics and logs."
  type        = string
}

variable "sign_in" {
  description = "App client of the user pool for Grafana's sign-in, and the pool's sign-in pages."
  type = object({
    client_id  = string
    domain_url = string
  })

  validation {
    condition     = can(regex("^https://[^/\\s]+$", var.sign_in.domain_url))
    error_message = "sign_in.domain_url must be over https://, without a path, not \"${var.sign_in.domain_url}\"."
  }
}

variable "traffic" {
  description = "Glue database of the traffic logs, Athena workgroup, buckets that it reads and location of its results; null without traffic logs."
  type = object({
    database    = string
    workgroup   = string
    bucket_arns = list(string)
    results     = string
  })
  default = null

  validation {
    condition     = var.traffic == null || can(regex("^s3://[a-z0-9.-]+/(.*/)?$", var.traffic.results))
    error_message = "traffic.results must be a folder such as s3://bucket/results/, not \"${try(var.traffic.results, "")}\"."
  }
}

variable "dashboards" {
  description = "Each dashboard's JSON, by its title."
  type        = map(string)

  validation {
    condition     = alltrue([for dashboard in values(var.dashboards) : can(jsondecode(dashboard))])
    error_message = "Each dashboard must be JSON."
  }

  validation {
    condition     = alltrue([for dashboard in values(var.dashboards) : !can(regex("@[a-z_]+@", dashboard))])
    error_message = "A dashboard still has placeholders: ${join(", ", distinct(flatten([for dashboard in values(var.dashboards) : regexall("@[a-z_]+@", dashboard)])))}."
  }

  # ECS API reference, RegisterTaskDefinition: a definition has at most 64 KiB, and they travel in it.
  validation {
    condition     = sum(concat([0], [for dashboard in values(var.dashboards) : length(base64gzip(dashboard))])) <= 49152
    error_message = "All dashboards together, compressed, may have 49152 characters, because they are part of the task definition; they have ${sum(concat([0], [for dashboard in values(var.dashboards) : length(base64gzip(dashboard))]))}."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps Grafana's own log."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a retention that CloudWatch Logs offers, such as 7, 30, 90 or 365, not ${var.log_retention_days}."
  }
}
