output "cluster" {
  description = "The cluster's identifier."
  value       = aws_rds_cluster.this.cluster_identifier
}

output "cluster_arn" {
  description = "ARN of the cluster, for the Data API."
  value       = aws_rds_cluster.this.arn

  # The Data API needs an instance to ask.
  depends_on = [aws_rds_cluster_instance.writer]
}

output "master_secret_arn" {
  description = "The secret of the master: username and password."
  value       = aws_secretsmanager_secret.master.arn

  depends_on = [aws_secretsmanager_secret_version.master]
}

output "secret_arn" {
  description = "The secret of the application's own user, with the addresses of writer and reader."
  value       = aws_secretsmanager_secret.connection.arn

  depends_on = [aws_secretsmanager_secret_version.connection]
}

output "security_group_id" {
  description = "The database's security group."
  value       = aws_security_group.this.id
}

output "writer_endpoint" {
  description = "Writer endpoint."
  value       = aws_rds_cluster.this.endpoint
}

output "reader_endpoint" {
  description = "Reader endpoint."
  value       = aws_rds_cluster.this.reader_endpoint
}

output "port" {
  description = "Port of the database."
  value       = local.port
}

output "secrets" {
  description = "Environment variables of services that use the database, and the JSON key of the secret for each."
  value = {
    for variable, key in {
      DATABASE_HOST        = "writer_host"
      DATABASE_READER_HOST = "reader_host"
      DATABASE_PORT        = "port"
      DATABASE_NAME        = "dbname"
      DATABASE_USER        = "username"
      DATABASE_PASSWORD    = "password"
      DATABASE_URL         = "writer_url"
      DATABASE_READER_URL  = "reader_url"
    } : variable => "${aws_secretsmanager_secret.connection.arn}:${key}::"
  }

  depends_on = [aws_secretsmanager_secret_version.connection]
}
