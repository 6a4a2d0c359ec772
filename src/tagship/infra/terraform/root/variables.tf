variable "manifest" {
  description = "tagship.yaml with the values for one environment, and every AWS name that tagship derives from it."

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

      network = object({
        endpoints_security_group = string
        flow_log_group           = string
        flow_log_role            = string
      })
    })

    network = object({
      cidr      = string
      nat       = string
      zones     = optional(list(string))
      endpoints = optional(list(string), [])
      flow_logs = optional(bool, false)
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
      sign_in  = optional(bool, false)
      database = optional(bool, false)

      secrets = optional(object({
        names = list(string)
        paths = list(string)
        arns  = list(string)
      }))

      scaling = optional(object({
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
      }))

      health = object({
        path                = string
        interval            = number
        timeout             = number
        healthy_threshold   = number
        unhealthy_threshold = number
        grace_period        = number
      })
    }))

    edge = object({
      price_class = optional(string, "PriceClass_100")
      names = object({
        distribution   = string
        function       = string
        headers_policy = string
        access_control = string
        log_delivery   = string
      })
    })

    site = optional(object({
      bucket      = string
      single_page = optional(bool, false)
    }))

    domain = optional(object({
      name = string
      zone = string
    }))

    database = optional(object({
      name             = string
      version          = string
      instance         = string
      capacity         = optional(object({ min = number, max = number }))
      readers          = object({ min = number, max = number, cpu = number })
      backup_days      = number
      final_snapshot   = bool
      password_version = number
      names = object({
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
    }))

    auth = optional(object({
      mfa       = string
      sign_up   = bool
      groups    = list(string)
      callbacks = list(string)
      sign_outs = list(string)
      names = object({
        user_pool     = string
        domain        = string
        sign_in_stack = string
      })
    }))

    firewall = optional(object({
      mode            = string
      rate_limit      = number
      countries       = object({ allow = list(string), block = list(string) })
      allow_addresses = list(string)
      large_bodies    = list(string)
      load_balancer   = bool
      names           = object({ edge = string, load_balancer = string })
    }))

    traffic = optional(object({
      days = number
      names = object({
        logs_bucket     = string
        firewall_bucket = string
        database        = string
        workgroup       = string
      })
    }))

    alerts = optional(object({
      emails  = list(string)
      cpu     = number
      memory  = number
      errors  = number
      latency = number
      names = object({
        topic          = string
        function       = string
        role           = string
        log_group      = string
        webhook_secret = string
        rule_prefix    = string
        alarm_prefix   = string
      })
    }))

    dashboards = optional(object({
      image  = string
      cpu    = number
      memory = number
      paths  = map(number)
      names = object({
        service        = string
        task_family    = string
        container      = string
        log_group      = string
        execution_role = string
        task_role      = string
        target_group   = string
        security_group = string
      })
    }))

    vpn = optional(object({
      clients  = string
      instance = string
      names = object({
        instance       = string
        role           = string
        profile        = string
        security_group = string
        secret         = string
      })
    }))

    github = optional(object({
      repository      = string
      owner_id        = optional(string)
      repository_id   = optional(string)
      only_numbers    = optional(bool, false)
      environment     = optional(string)
      create_provider = bool
      names           = object({ role = string })
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
    error_message = "Two services have the same path: each pattern can belong to one service only."
  }

  validation {
    condition = (
      length(distinct(flatten([for service in values(var.manifest.services) : values(service.paths)])))
      == length(flatten([for service in values(var.manifest.services) : values(service.paths)]))
    )
    error_message = "Two paths have the same priority: each listener rule needs its own."
  }
}
