output "address" {
  description = "Where clients connect to, UDP port 1194."
  value       = aws_eip.this.public_ip
}

output "security_group_id" {
  description = "The host's security group."
  value       = aws_security_group.this.id
}

output "instance_id" {
  description = "The host, for a session over Systems Manager."
  value       = aws_instance.this.id
}

output "secret_arn" {
  description = "The secret that the host waits for: JSON with ca, cert, key, tls_crypt or tls_crypt_v2, crl, and by choice revoked, a list of names."
  value       = aws_secretsmanager_secret.this.arn
}
