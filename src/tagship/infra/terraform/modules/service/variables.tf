variable "names" {
  description = "All names of the service, within AWS's limits."
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
  description = "Health check of the target group; times in seconds."
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
  description = "Path patterns of the service, each with the priority of its listener rule: lower comes first."
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
  description = "Deregistration delay: seconds for requests in flight to complete before a task stops."
  type        = number
  default     = 30

  validation {
    condition     = var.drain >= 0 && var.drain <= 3600
    error_message = "drain must be between 0 and 3600 seconds, not ${var.drain}."
  }
}

variable "terminal" {
  description = "Whether ECS Exec is enabled."
  type        = bool
  default     = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the containers' logs."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a retention that CloudWatch Logs offers, such as 7, 30, 90 or 365, not ${var.log_retention_days}."
  }
}

variable "cluster" {
  description = "The ECS cluster."
  type = object({
    arn  = string
    name = string
  })
}

variable "repository" {
  description = "The service's image repository."
  type = object({
    arn = string
    url = string
  })
}

variable "network" {
  description = "Network configuration of the tasks."
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
    arn_suffix        = string
  })
}

variable "scaling" {
  description = "Minimum and maximum number of tasks, target values (cpu and memory in percent, requests per task and minute), and scheduled changes of the limits; null for no auto scaling."
  type = object({
    min      = number
    max      = number
    cpu      = optional(number)
    memory   = optional(number)
    requests = optional(number)
    schedule = optional(list(object({
      name     = string
      cron     = string
      timezone = string
      min      = number
      max      = number
    })), [])
  })
  default = null

  validation {
    condition     = try(var.scaling.min >= 1 && floor(var.scaling.min) == var.scaling.min && floor(var.scaling.max) == var.scaling.max, true)
    error_message = "scaling.min and scaling.max must be whole numbers of at least 1, not ${jsonencode(try(var.scaling.min, null))} and ${jsonencode(try(var.scaling.max, null))}: without a task there is no load, so nothing would ever scale out again. A schedule may go down to 0."
  }

  validation {
    condition     = try(var.scaling.min <= var.scaling.max, true)
    error_message = "scaling.min (${jsonencode(try(var.scaling.min, null))}) must not be greater than scaling.max (${jsonencode(try(var.scaling.max, null))})."
  }

  validation {
    condition     = alltrue([for share in [try(var.scaling.cpu, null), try(var.scaling.memory, null)] : try(share > 0 && share <= 100, true)])
    error_message = "scaling.cpu and scaling.memory are percent, above 0 and up to 100, not ${jsonencode([try(var.scaling.cpu, null), try(var.scaling.memory, null)])}."
  }

  validation {
    condition     = try(var.scaling.requests > 0, true)
    error_message = "scaling.requests must be above 0, not ${jsonencode(try(var.scaling.requests, null))}: it is the target of requests per task and minute."
  }

  validation {
    condition     = var.scaling == null || try(var.scaling.min >= var.scaling.max, false) || length(try(var.scaling.schedule, [])) > 0 || can(coalesce(var.scaling.cpu, var.scaling.memory, var.scaling.requests))
    error_message = "scaling from ${jsonencode(try(var.scaling.min, null))} to ${jsonencode(try(var.scaling.max, null))} tasks needs a target or a schedule: cpu, memory, requests or schedule."
  }

  validation {
    condition     = length(distinct([for entry in try(var.scaling.schedule, []) : entry.name])) == length(try(var.scaling.schedule, []))
    error_message = "Two entries of scaling.schedule have the same name: ${jsonencode([for entry in try(var.scaling.schedule, []) : entry.name])}."
  }

  validation {
    condition     = length(try(var.scaling.schedule, [])) != 1
    error_message = "scaling.schedule has one entry, ${jsonencode([for entry in try(var.scaling.schedule, []) : entry.name])}: nothing would ever reset it. Add an entry that sets the limits back."
  }

  validation {
    condition     = alltrue([for entry in try(var.scaling.schedule, []) : entry.min >= 0 && entry.min <= entry.max && floor(entry.min) == entry.min && floor(entry.max) == entry.max])
    error_message = "Each entry of scaling.schedule needs whole numbers with 0 <= min <= max: ${jsonencode({ for entry in try(var.scaling.schedule, []) : entry.name => [entry.min, entry.max] })}."
  }

  validation {
    # EventBridge user guide, "Cron expressions reference", which Application Auto Scaling refers to.
    condition = alltrue([
      for entry in try(var.scaling.schedule, []) :
      length(regexall("\\S+", entry.cron)) == 6 && can(regex("^[0-9A-Za-z*?,/#\\- ]+$", entry.cron))
      && try((regexall("\\S+", entry.cron)[2] == "?") != (regexall("\\S+", entry.cron)[4] == "?"), false)
    ])
    error_message = "A cron expression of scaling.schedule has six fields (minutes, hours, day of the month, month, day of the week, year), and exactly one of the two days is ?, such as \"0 22 * * ? *\"; given are ${jsonencode({ for entry in try(var.scaling.schedule, []) : entry.name => entry.cron })}."
  }

  validation {
    condition     = alltrue([for entry in try(var.scaling.schedule, []) : can(regex("^(UTC|GMT|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$", entry.timezone))])
    error_message = "The timezone of an entry of scaling.schedule is a name such as Europe/Berlin or UTC; given are ${jsonencode({ for entry in try(var.scaling.schedule, []) : entry.name => entry.timezone })}."
  }
}

variable "sign_in" {
  description = "The Cognito client for sign-in at the load balancer; null for no sign-in. Needs an HTTPS listener."
  type = object({
    user_pool_arn = string
    client_id     = string
    domain        = string
  })
  default = null
}

variable "secrets" {
  description = "Environment variables from secrets, each with the ARN of a secret (with a key, if it has several) or of a parameter."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))])
    error_message = "The name of an environment variable has letters, digits and underscores, and does not begin with a digit: ${jsonencode(keys(var.secrets))}."
  }

  validation {
    condition = alltrue([
      for arn in values(var.secrets) :
      can(regex("^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:*]+(:[^:*]*){0,3}|ssm:[a-z0-9-]+:[0-9]{12}:parameter/[^:*]+)$", arn))
    ])
    error_message = "Each of ${jsonencode(keys(var.secrets))} must be the whole ARN of one secret (arn:aws:secretsmanager:…:secret:name-AbCdEf, then :key:: for one key of it) or of one parameter (arn:aws:ssm:…:parameter/name)."
  }
}

variable "region" {
  description = "The region of the service, and of its own secrets."
  type        = string
}

variable "own_secrets" {
  description = "The app's own secrets that ECS reads for the service, which nothing here makes: names of secrets and paths of parameters in this account and region, and whole ARNs of others."
  type = object({
    names = list(string)
    paths = list(string)
    arns  = list(string)
  })
  default = null

  validation {
    condition = alltrue([for name in concat(try(var.own_secrets.names, []), try(var.own_secrets.paths, [])) : can(regex("^[A-Za-z0-9/_+=.@-]+$", name))])
    # A * would be a right to more than one secret.
    error_message = "A secret's name has letters, digits and /_+=.@- only: ${jsonencode(try(var.own_secrets.names, null))}, ${jsonencode(try(var.own_secrets.paths, null))}."
  }

  validation {
    condition     = alltrue([for arn in try(var.own_secrets.arns, []) : can(regex("^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|ssm:[a-z0-9-]+:[0-9]{12}:parameter/)[A-Za-z0-9/_+=.@-]+$", arn))])
    error_message = "own_secrets.arns must be whole ARNs of secrets and parameters, without a key: ${jsonencode(try(var.own_secrets.arns, null))}."
  }
}

variable "variables" {
  description = "Environment variables in plain text."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.variables) : can(regex("^[A-Za-z_][A-Za-z0-9_]*$", name))])
    error_message = "The name of an environment variable has letters, digits and underscores, and does not begin with a digit: ${jsonencode(keys(var.variables))}."
  }

  validation {
    condition     = length(setintersection(keys(var.variables), keys(var.secrets))) == 0
    error_message = "A variable is also a secret: ${jsonencode(setintersection(keys(var.variables), keys(var.secrets)))}."
  }
}
