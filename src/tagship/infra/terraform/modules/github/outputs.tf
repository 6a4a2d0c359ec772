output "role_arn" {
  description = "The role that the deploying workflow takes."
  value       = aws_iam_role.deploy.arn
}
