variable "manifest" {
  description = "tagship.yaml as it holds for one environment, with every AWS name that tagship makes from it."

  type = object({
    app         = string
    environment = string
    account     = optional(string)
    region      = string

    names = object({
      prefix                       = string
      bucket                       = string
      cluster                      = string
      load_balancer                = string
      load_balancer_security_group = string
    })

    network = object({
      cidr  = string
      nat   = string
      zones = optional(list(string))
    })

    services = map(object({
      names = object({
        service        = string
        container      = string
        task_family    = string
        repository     = string
        log_group      = string
        target_group   = string
        execution_role = string
        task_role      = string
        security_group = string
      })

      port     = number
      paths    = map(number)
      drain    = number
      terminal = optional(bool, false)

      health = object({
        path                = string
        interval            = number
        timeout             = number
        healthy_threshold   = number
        unhealthy_threshold = number
        grace_period        = number
      })
    }))

    site = optional(object({
      name        = string
      bucket      = string
      single_page = optional(bool, false)
      price_class = optional(string, "PriceClass_100")
    }))

    container_insights  = optional(bool, false)
    deletion_protection = optional(bool, false)
    keep_images         = optional(number, 50)
    log_retention_days  = optional(number, 30)
  })

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-\\d$", var.manifest.region))
    error_message = "region must be an AWS region such as eu-central-1, not \"${var.manifest.region}\"."
  }

  validation {
    condition     = var.manifest.account == null || can(regex("^\\d{12}$", var.manifest.account))
    error_message = "account must be the twelve digits of an AWS account."
  }

  validation {
    condition     = length(var.manifest.services) > 0
    error_message = "services must name at least one service."
  }

  validation {
    condition = alltrue([
      for path in distinct(flatten([for service in values(var.manifest.services) : keys(service.paths)])) :
      length([for service in values(var.manifest.services) : true if contains(keys(service.paths), path)]) == 1
    ])
    error_message = "Two services ask for the same path: each pattern can lead to one service only."
  }

  validation {
    condition = (
      length(distinct(flatten([for service in values(var.manifest.services) : values(service.paths)])))
      == length(flatten([for service in values(var.manifest.services) : values(service.paths)]))
    )
    error_message = "Two paths have the same priority: a listener asks its rules one after another."
  }
}
