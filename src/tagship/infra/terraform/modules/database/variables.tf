variable "names" {
  description = "All names; an instance's name is the cluster's name and a number, the final snapshot's is its name and the time of the plan."
  type = object({
    cluster             = string
    subnet_group        = string
    cluster_parameters  = string
    instance_parameters = string
    security_group      = string
    monitoring_role     = string
    master_secret       = string
    connection_secret   = string
    scaling_policy      = string
    final_snapshot      = string
  })

  validation {
    # RDS: 63 characters, a letter first, no hyphen last and no two in a row (API reference, CreateDBInstance).
    condition     = alltrue([for name in [var.names.cluster, var.names.final_snapshot] : can(regex("^[a-z](-?[a-z0-9])*$", name))])
    error_message = "A cluster and its snapshot are named by small letters, digits and single hyphens between them, a letter first: not \"${var.names.cluster}\" and \"${var.names.final_snapshot}\"."
  }

  validation {
    condition     = length(var.names.cluster) <= 60 && length(var.names.final_snapshot) <= 48
    error_message = "RDS names have at most 63 characters: the cluster's name may have 60, because instances append a number, and the final snapshot's 48, because it appends a time. They have ${length(var.names.cluster)} and ${length(var.names.final_snapshot)}."
  }

  validation {
    condition     = alltrue([for name in [var.names.cluster_parameters, var.names.instance_parameters] : can(regex("^[a-z](-?[a-z0-9])*$", name))])
    error_message = "Parameter groups are named by small letters, digits and single hyphens between them, a letter first: not \"${var.names.cluster_parameters}\" and \"${var.names.instance_parameters}\"."
  }
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Isolated subnets, one in each of two zones; the writer starts in the first one's zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) == 2
    error_message = "Failover needs two subnets, in two zones; there are ${length(var.subnet_ids)}."
  }
}

variable "engine_version" {
  description = "Version of Aurora PostgreSQL, such as 16.11. AWS does not upgrade it automatically."
  type        = string

  validation {
    condition     = can(regex("^1[3-9]\\.[0-9]{1,2}$", var.engine_version))
    error_message = "database.version must be a version of Aurora PostgreSQL from 13 on, with its minor version, such as \"16.11\"; it is \"${var.engine_version}\"."
  }
}

variable "database" {
  description = "Name of the application's database."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database))
    error_message = "database.name must have at most 63 small letters, digits and underscores, a letter first; it is \"${var.database}\"."
  }

  validation {
    condition     = !contains(["postgres", "rdsadmin", "template0", "template1"], var.database)
    error_message = "database.name cannot be \"${var.database}\": the server reserves that name."
  }
}

variable "instance" {
  description = "The class of every instance, such as db.r7g.large; or serverless."
  type        = string

  validation {
    condition     = var.instance == "serverless" || can(regex("^db\\.[a-z][a-z0-9-]*\\.[a-z0-9]+(-[a-z0-9]+)*$", var.instance))
    error_message = "database.instance must be serverless or a class such as db.r7g.large, not \"${var.instance}\"."
  }

  validation {
    # Aurora user guide, "Limitations with RDS Data API".
    condition     = !startswith(var.instance, "db.t")
    error_message = "database.instance cannot be ${var.instance}: AWS offers no Data API on T classes, and tagship creates the application's user with it."
  }
}

variable "capacity" {
  description = "Minimum and maximum Aurora capacity units of each serverless instance; with a minimum of 0 it pauses while there are no connections."
  type = object({
    min = number
    max = number
  })
  default = null

  validation {
    condition     = var.capacity == null || var.instance == "serverless"
    error_message = "database.capacity is for serverless instances; ${var.instance} has the capacity of its class."
  }

  validation {
    condition     = var.capacity != null || var.instance != "serverless"
    error_message = "database.capacity must have the minimum and maximum capacity units of a serverless database, such as {min: 0.5, max: 4}."
  }

  validation {
    # At most 256, in steps of a half (RDS API reference, ServerlessV2ScalingConfiguration); at least 1 at the top
    # (Aurora user guide, "Choosing the maximum Aurora Serverless v2 capacity setting").
    condition = var.capacity == null || try(
      var.capacity.min >= 0 && var.capacity.max >= 1 && var.capacity.max <= 256 && var.capacity.min <= var.capacity.max
      && floor(var.capacity.min * 2) == var.capacity.min * 2 && floor(var.capacity.max * 2) == var.capacity.max * 2,
      false
    )
    error_message = "database.capacity must be within 0 to 256 in steps of 0.5, its min not above its max, and its max at least 1; it is ${jsonencode(var.capacity)}."
  }

  validation {
    # Aurora user guide, "Aurora Serverless v2 capacity": pausing came with 13.15, 14.12, 15.7 and 16.3.
    condition = try(var.capacity.min, 1) > 0 || try(
      tonumber(split(".", var.engine_version)[1]) >= lookup({ "13" = 15, "14" = 12, "15" = 7, "16" = 3 }, split(".", var.engine_version)[0], 0),
      false
    )
    error_message = "database.capacity.min can be 0 from 13.15, 14.12, 15.7, 16.3 and 17 on: ${var.engine_version} does not pause, so its min must be at least 0.5."
  }
}

variable "readers" {
  description = "Minimum and maximum number of readers, and the target of their average CPU in percent."
  type = object({
    min = number
    max = number
    cpu = number
  })

  validation {
    # Aurora takes 15 readers (user guide, "Aurora replicas").
    condition = try(
      var.readers.min >= 1 && var.readers.max >= var.readers.min && var.readers.max <= 15
      && floor(var.readers.min) == var.readers.min && floor(var.readers.max) == var.readers.max,
      false
    )
    error_message = "database.readers must be whole numbers, min from 1 on and not above max, max 15 at most: without a reader in the second zone, failover is not immediate. They are ${jsonencode(var.readers)}."
  }

  validation {
    condition     = var.readers.cpu >= 10 && var.readers.cpu <= 90
    error_message = "database.readers.cpu must be a percentage from 10 to 90, not ${var.readers.cpu}."
  }
}

variable "clients" {
  description = "Security groups with access to the database, by a short name."
  type        = map(string)
}

variable "backup_days" {
  description = "Days of point-in-time recovery."
  type        = number
  default     = 7

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35 && floor(var.backup_days) == var.backup_days
    error_message = "database.backup_days must be a whole number from 1 to 35, not ${var.backup_days}."
  }
}

variable "deletion_protection" {
  description = "Whether the database has deletion protection, and its secrets a recovery window of 30 days."
  type        = bool
  default     = false
}

variable "final_snapshot" {
  description = "Whether a final snapshot is kept when the database is deleted."
  type        = bool
  default     = true
}

variable "password_version" {
  description = "Increment it to create new passwords of the master and the application."
  type        = number
  default     = 1
}
