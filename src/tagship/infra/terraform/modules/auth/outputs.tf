output "user_pool_id" {
  description = "The pool's id."
  value       = aws_cognito_user_pool.this.id
}

output "user_pool_arn" {
  description = "The pool's ARN."
  value       = aws_cognito_user_pool.this.arn
}

output "domain" {
  description = "The domain prefix of the sign-in pages, as a load balancer needs it."
  value       = aws_cognito_user_pool_domain.this.domain
}

output "domain_url" {
  description = "The sign-in pages, without a slash at the end."
  value       = local.domain_url
}

output "issuer" {
  description = "Issuer of tokens; the public keys are below it, at /.well-known/jwks.json."
  value       = "https://${aws_cognito_user_pool.this.endpoint}"
}

output "client_ids" {
  description = "The id of each client."
  value       = { for name, client in aws_cognito_user_pool_client.this : name => client.id }
}

output "sign_in" {
  description = "Settings for sign-in in a load balancer rule; null without it."
  value = one([
    for stack in aws_cloudformation_stack.sign_in : {
      user_pool_arn = aws_cognito_user_pool.this.arn
      client_id     = stack.outputs["ClientId"]
      domain        = aws_cognito_user_pool_domain.this.domain
    }
  ])
}
