output "topic_arn" {
  description = "The SNS topic of the alarms."
  value       = aws_sns_topic.this.arn
}

output "webhook_secret_arn" {
  description = "The secret of the Slack webhook; Terraform creates it without a value."
  value       = aws_secretsmanager_secret.webhook.arn
}

output "function_name" {
  description = "The function that posts to Slack."
  value       = aws_lambda_function.this.function_name
}
