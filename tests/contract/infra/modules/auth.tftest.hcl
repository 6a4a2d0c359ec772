mock_provider "aws" {
  mock_resource "aws_cognito_user_pool" {
    override_during = plan
    defaults = {
      arn      = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI"
      endpoint = "cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
      id       = "eu-central-1_AbCdEfGhI"
    }
  }

  mock_resource "aws_cognito_user_pool_client" {
    override_during = plan
    defaults        = { id = "1h57kf5cpq17m0eml12EXAMPLE" }
  }

  mock_resource "aws_cloudformation_stack" {
    override_during = plan
    defaults        = { outputs = { ClientId = "3n4b5urk1ft4fl3mg5e62d9ado" } }
  }
}

variables {
  names = {
    user_pool     = "shop-staging"
    domain        = "shop-staging-123456789012"
    sign_in_stack = "shop-staging-sign-in"
  }
}

run "a_small_pool_is_private_and_can_be_taken_away" {
  command = plan

  module {
    source = "./modules/auth"
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "INACTIVE"
    error_message = "Protection is asked for by the manifest."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.admin_create_user_config).allow_admin_create_user_only
    error_message = "Nobody makes an account for themselves until that is asked for."
  }

  assert {
    condition     = aws_cognito_user_pool.this.username_attributes == toset(["email"]) && !one(aws_cognito_user_pool.this.username_configuration).case_sensitive
    error_message = "People sign in with their address, however they write it."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.user_attribute_update_settings).attributes_require_verification_before_update == toset(["email"])
    error_message = "A new address must be confirmed before it signs in."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.password_policy).minimum_length >= 12 && one(aws_cognito_user_pool.this.password_policy).password_history_size > 0
    error_message = "Passwords must be long, and not the last one again."
  }

  assert {
    condition     = output.sign_in == null && length(aws_cloudformation_stack.sign_in) == 0
    error_message = "No client with a secret is made where no load balancer signs people in."
  }

  assert {
    condition     = output.domain_url == "https://shop-staging-123456789012.auth.eu-central-1.amazoncognito.com"
    error_message = "The sign-in pages are in the pool's region."
  }

  assert {
    condition     = output.issuer == "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"
    error_message = "Tokens name the pool as their issuer."
  }
}

run "a_large_pool_signs_in_three_applications_without_a_secret" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    mfa                  = "required"
    sign_up              = true
    groups               = ["admins", "grafana-admin", "grafana-editor", "grafana-viewer"]
    deletion_protection  = true
    sign_in_callback_url = "https://shop.example.com/oauth2/idpresponse"

    clients = {
      web     = { callback_urls = ["https://shop.example.com/signed-in"], logout_urls = ["https://shop.example.com/"] }
      grafana = { callback_urls = ["https://shop.example.com/grafana/login/generic_oauth"] }
      here    = { callback_urls = ["http://localhost:5173/signed-in", "http://127.0.0.1:5173/signed-in"] }
    }
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE" && aws_cognito_user_pool.this.mfa_configuration == "ON"
    error_message = "AWS must refuse to delete the pool, and to sign in with a password alone."
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.software_token_mfa_configuration).enabled
    error_message = "The second factor is an app, which costs nothing and cannot be taken over with a phone number."
  }

  assert {
    condition     = !one(aws_cognito_user_pool.this.admin_create_user_config).allow_admin_create_user_only
    error_message = "sign_up lets people make their own account."
  }

  assert {
    condition     = alltrue([for client in values(aws_cognito_user_pool_client.this) : !client.generate_secret && client.prevent_user_existence_errors == "ENABLED" && client.enable_token_revocation])
    error_message = "A secret would lie in the state; an error must not tell who has an account; a refresh token can be revoked."
  }

  assert {
    condition     = alltrue([for client in values(aws_cognito_user_pool_client.this) : client.allowed_oauth_flows == toset(["code"]) && !contains(client.explicit_auth_flows, "ALLOW_USER_PASSWORD_AUTH")])
    error_message = "No token may travel in an address, and no password past the sign-in pages in clear."
  }

  assert {
    condition     = { for name, group in aws_cognito_user_group.this : name => group.precedence } == { admins = 1, grafana-admin = 2, grafana-editor = 3, grafana-viewer = 4 }
    error_message = "The first group is the most important."
  }

  assert {
    condition     = toset(keys(output.client_ids)) == toset(["grafana", "here", "web"])
    error_message = "Each client's id is told by its name."
  }
}

run "the_secret_of_the_load_balancers_client_leaves_cognito_by_no_output" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    sign_in_callback_url = "https://shop.example.com/oauth2/idpresponse"
  }

  assert {
    condition     = jsondecode(aws_cloudformation_stack.sign_in[0].template_body).Outputs == { ClientId = { Value = { Ref = "Client" } } }
    error_message = "What a stack puts out lies in Terraform's state: the id may, the secret must not."
  }

  assert {
    condition     = jsondecode(aws_cloudformation_stack.sign_in[0].template_body).Resources.Client.Properties.GenerateSecret
    error_message = "A load balancer refuses a client without a secret."
  }

  assert {
    condition = output.sign_in == {
      user_pool_arn = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbCdEfGhI"
      client_id     = "3n4b5urk1ft4fl3mg5e62d9ado"
      domain        = "shop-staging-123456789012"
    }
    error_message = "A rule of the listener needs the pool, the client and the domain's first part."
  }
}

run "without_a_second_factor_nothing_is_said_of_one" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    mfa = "off"
  }

  assert {
    condition     = aws_cognito_user_pool.this.mfa_configuration == "OFF" && length(aws_cognito_user_pool.this.software_token_mfa_configuration) == 0
    error_message = "AWS refuses a factor where there is none."
  }
}

run "a_domain_with_a_word_that_cognito_keeps_for_itself_is_refused" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    names = { user_pool = "flaws-staging", domain = "flaws-staging-123456789012", sign_in_stack = "flaws-staging-sign-in" }
  }

  expect_failures = [var.names]
}

run "a_domain_of_64_characters_is_refused" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    names = { user_pool = "shop", domain = "a234567890123456789012345678901234567890123456789012345678901234", sign_in_stack = "shop" }
  }

  expect_failures = [var.names]
}

run "a_word_that_is_no_choice_of_mfa_is_refused" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    mfa = "sms"
  }

  expect_failures = [var.mfa]
}

run "a_callback_over_plain_http_is_refused" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    clients = { web = { callback_urls = ["http://shop.example.com/signed-in"] } }
  }

  expect_failures = [var.clients]
}

run "a_callback_that_only_looks_like_this_machine_is_refused" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    clients = { web = { callback_urls = ["http://localhost.example.com/signed-in"] } }
  }

  expect_failures = [var.clients]
}

run "a_group_named_twice_and_a_callback_elsewhere_are_refused" {
  command = plan

  module {
    source = "./modules/auth"
  }

  variables {
    groups               = ["admins", "admins"]
    sign_in_callback_url = "https://shop.example.com/signed-in"
  }

  expect_failures = [var.groups, var.sign_in_callback_url]
}
