output "role_arn" {
  description = "The role of the deploying workflow."
  value       = aws_iam_role.deploy.arn
}
