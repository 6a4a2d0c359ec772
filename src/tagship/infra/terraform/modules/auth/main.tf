# Who the application's people are: a Cognito user pool, its sign-in pages, and a client for each application.

# --- the pool

# The pool holds every account and every password, and nothing gives them back: what destroys it has to say so
# twice, here and to AWS.
resource "aws_cognito_user_pool" "this" {
  name                     = var.names.user_pool
  deletion_protection      = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = { off = "OFF", optional = "OPTIONAL", required = "ON" }[var.mfa]

  # The plan that knows password history and costs nothing for the first 10,000 people of a month.
  user_pool_tier = "ESSENTIALS"

  # Ann@example.com and ann@example.com are one person. AWS takes this at creation only.
  username_configuration {
    case_sensitive = false
  }

  # Length is what makes a password hard to guess; a rule for symbols is not.
  password_policy {
    minimum_length                   = 12
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = false
    password_history_size            = 5
    temporary_password_validity_days = 3
  }

  dynamic "software_token_mfa_configuration" {
    for_each = var.mfa == "off" ? [] : [true]

    content {
      enabled = true
    }
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  admin_create_user_config {
    allow_admin_create_user_only = !var.sign_up
  }

  # A new address counts when it is confirmed; until then the old one signs in. Otherwise a typing mistake,
  # or somebody at an open screen, takes the account away.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  verification_message_template {
    default_email_option = "CONFIRM_WITH_CODE"
  }

  lifecycle {
    prevent_destroy = true

    # AWS never changes or removes an attribute; the provider would replace the pool, and all accounts with it.
    ignore_changes = [schema]
  }
}

# --- the sign-in pages

locals {
  # The fourth part of an ARN is the region.
  domain_url = "https://${aws_cognito_user_pool_domain.this.domain}.auth.${split(":", aws_cognito_user_pool.this.arn)[3]}.amazoncognito.com"
}

resource "aws_cognito_user_pool_domain" "this" {
  domain       = var.names.domain
  user_pool_id = aws_cognito_user_pool.this.id

  # The newer pages (2) answer with an error until a style was made for them, which provider 5.100 cannot do.
  managed_login_version = 1
}

# --- who may do what

# A token names its person's groups in the claim cognito:groups.
resource "aws_cognito_user_group" "this" {
  for_each = { for place, name in var.groups : name => place + 1 }

  name         = each.key
  user_pool_id = aws_cognito_user_pool.this.id
  precedence   = each.value
}

# --- the clients

# Code in a browser keeps no secret, so there is none: PKCE shows that whoever redeems a code also asked for it.
resource "aws_cognito_user_pool_client" "this" {
  for_each = var.clients

  name                                 = each.key
  user_pool_id                         = aws_cognito_user_pool.this.id
  generate_secret                      = false
  explicit_auth_flows                  = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  callback_urls                        = each.value.callback_urls
  logout_urls                          = each.value.logout_urls

  # The last one lets people change their own password, and set up their own second factor, after they signed in.
  allowed_oauth_scopes = ["aws.cognito.signin.user.admin", "email", "openid", "profile"]

  # An access token cannot be called back, so it lives for an hour; the refresh token can be.
  access_token_validity  = 60
  id_token_validity      = 60
  refresh_token_validity = 30

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

# A load balancer signs people in with a client that has a secret, and fetches the secret itself. The provider's own
# resource would write the secret into the state; a stack gives out what its outputs name, here the client's id alone
# (CloudFormation user guide, AWS::Cognito::UserPoolClient: Ref is the id).
resource "aws_cloudformation_stack" "sign_in" {
  count = var.sign_in_callback_url == null ? 0 : 1

  name = var.names.sign_in_stack

  template_body = jsonencode({
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "The client with which the load balancer signs people in; its secret stays in Cognito"

    Resources = {
      Client = {
        Type = "AWS::Cognito::UserPoolClient"
        Properties = {
          ClientName                      = "load-balancer"
          UserPoolId                      = aws_cognito_user_pool.this.id
          GenerateSecret                  = true
          PreventUserExistenceErrors      = "ENABLED"
          EnableTokenRevocation           = true
          SupportedIdentityProviders      = ["COGNITO"]
          AllowedOAuthFlowsUserPoolClient = true
          AllowedOAuthFlows               = ["code"]
          AllowedOAuthScopes              = ["email", "openid", "profile"]
          CallbackURLs                    = [var.sign_in_callback_url]
        }
      }
    }

    Outputs = {
      ClientId = { Value = { Ref = "Client" } }
    }
  })
}
