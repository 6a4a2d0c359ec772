output "address" {
  description = "Public address for clients, UDP port 1194."
  value       = aws_eip.this.public_ip
}

output "security_group_id" {
  description = "The host's security group."
  value       = aws_security_group.this.id
}

output "instance_id" {
  description = "Instance ID of the host, for Session Manager."
  value       = aws_instance.this.id
}

output "secret_arn" {
  description = "The secret that the host reads: JSON with ca, cert, key, tls_crypt or tls_crypt_v2, crl, and optionally revoked, a list of names."
  value       = aws_secretsmanager_secret.this.arn
}
