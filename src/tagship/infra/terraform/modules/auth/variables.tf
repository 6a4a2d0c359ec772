variable "names" {
  description = "All names, within AWS's limits; domain is the domain prefix of the sign-in pages."
  type = object({
    user_pool     = string
    domain        = string
    sign_in_stack = string
  })

  validation {
    condition     = length(var.names.user_pool) <= 128
    error_message = "A user pool's name has at most 128 characters; \"${var.names.user_pool}\" has ${length(var.names.user_pool)}."
  }

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.names.domain))
    error_message = "The sign-in domain must have at most 63 lower-case letters, digits and inner hyphens; it is \"${var.names.domain}\"."
  }

  # Cognito developer guide, "Using the Amazon Cognito prefix domain": anywhere in the prefix.
  validation {
    condition     = alltrue([for word in ["amazon", "aws", "cognito"] : !strcontains(var.names.domain, word)])
    error_message = "Cognito allows none of the words amazon, aws and cognito in a sign-in domain; it is \"${var.names.domain}\"."
  }

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,127}$", var.names.sign_in_stack))
    error_message = "A stack's name must begin with a letter and have at most 128 letters, digits and hyphens; it is \"${var.names.sign_in_stack}\"."
  }
}

variable "mfa" {
  description = "Second factor, by an authenticator app: off, optional or required."
  type        = string
  default     = "optional"

  validation {
    condition     = contains(["off", "optional", "required"], var.mfa)
    error_message = "mfa must be off, optional or required, not \"${var.mfa}\"."
  }
}

variable "sign_up" {
  description = "Whether users may sign up themselves; otherwise only an administrator creates users."
  type        = bool
  default     = false
}

variable "groups" {
  description = "User groups, the highest precedence first."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.groups : can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$", name))])
    error_message = "A group's name must have at most 128 letters, digits, points, hyphens and underscores; groups is ${jsonencode(var.groups)}."
  }

  validation {
    condition     = length(distinct(var.groups)) == length(var.groups)
    error_message = "A group is named twice: ${jsonencode(var.groups)}."
  }
}

variable "clients" {
  description = "App clients, each with its callback and sign-out URLs."
  type = map(object({
    callback_urls = list(string)
    logout_urls   = optional(list(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for client in values(var.clients) : length(client.callback_urls) > 0])
    error_message = "Each client needs at least one callback URL."
  }

  # Cognito API reference, CreateUserPoolClient, CallbackURLs.
  validation {
    condition = alltrue(flatten([
      for client in values(var.clients) : [
        for url in concat(client.callback_urls, client.logout_urls) :
        can(regex("^(https://[^/#\\s]|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:|/|$))[^#\\s]*$", url))
      ]
    ]))
    error_message = "Cognito redirects to https:// only (or to this machine, such as http://localhost, to try things out), without a fragment; the clients are ${jsonencode(var.clients)}."
  }
}

variable "sign_in_callback_url" {
  description = "Callback URL of the load balancer's own sign-in, https://HOST/oauth2/idpresponse; null without one."
  type        = string
  default     = null

  # Application Load Balancer guide, "Authenticate users": the path is fixed.
  validation {
    condition     = var.sign_in_callback_url == null || can(regex("^https://[a-z0-9.-]+/oauth2/idpresponse$", var.sign_in_callback_url))
    error_message = "The load balancer's callback URL must be https://HOST/oauth2/idpresponse, with HOST in lower case; sign_in_callback_url is ${jsonencode(var.sign_in_callback_url)}."
  }
}

variable "deletion_protection" {
  description = "Deletion protection of the user pool."
  type        = bool
  default     = false
}
