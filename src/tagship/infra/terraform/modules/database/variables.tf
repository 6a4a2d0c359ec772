variable "names" {
  description = "What everything is called; instances are the cluster's name and a number, the final snapshot its name and the time when the cluster was planned."
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
    error_message = "RDS takes 63 characters: the cluster's name may have 60 of them, so that instances get a number, and the final snapshot's 48, so that it gets a time. They have ${length(var.names.cluster)} and ${length(var.names.final_snapshot)}."
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
  description = "Isolated subnets, one in each of two zones: the writer begins in the first one's zone."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) == 2
    error_message = "A database that fails over needs two subnets, in two zones; there are ${length(var.subnet_ids)}."
  }
}

variable "engine_version" {
  description = "Version of Aurora PostgreSQL, such as 16.11. AWS chooses no other by itself."
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
    error_message = "database.name cannot be \"${var.database}\": the server has a database of that name for itself."
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
    error_message = "database.instance cannot be ${var.instance}: AWS offers no Data API on T classes, and tagship makes the application's user with it."
  }
}

variable "capacity" {
  description = "Between how many Aurora capacity units each serverless instance scales; from 0 on it pauses when nobody is connected."
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
    error_message = "database.capacity must say between how many capacity units a serverless database scales, such as {min: 0.5, max: 4}."
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
  description = "Between how many readers there are, and the average CPU in percent at which there is one more."
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
    error_message = "database.readers must be whole numbers, min from 1 on and not above max, max 15 at most: without a reader in the second zone nothing fails over at once. They are ${jsonencode(var.readers)}."
  }

  validation {
    condition     = var.readers.cpu >= 10 && var.readers.cpu <= 90
    error_message = "database.readers.cpu must be a percentage from 10 to 90, not ${var.readers.cpu}."
  }
}

variable "clients" {
  description = "Who reaches the database: a word for each, and its security group."
  type        = map(string)
}

variable "backup_days" {
  description = "How many days back the database can be restored to any second."
  type        = number
  default     = 7

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35 && floor(var.backup_days) == var.backup_days
    error_message = "database.backup_days must be a whole number from 1 to 35, not ${var.backup_days}."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the database, and keeps its secrets for 30 days."
  type        = bool
  default     = false
}

variable "final_snapshot" {
  description = "Whether a last snapshot stays when the database is deleted."
  type        = bool
  default     = true
}

variable "password_version" {
  description = "A higher number gives the master and the application new passwords."
  type        = number
  default     = 1
}
