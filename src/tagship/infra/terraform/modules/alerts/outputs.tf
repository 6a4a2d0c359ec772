output "topic_arn" {
  description = "Where alarms are published."
  value       = aws_sns_topic.this.arn
}

output "webhook_secret_arn" {
  description = "The secret that holds Slack's webhook; Terraform makes it without a value."
  value       = aws_secretsmanager_secret.webhook.arn
}

output "function_name" {
  description = "The function that speaks to Slack."
  value       = aws_lambda_function.this.function_name
}
