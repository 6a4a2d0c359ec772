output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Address range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "public_subnet_ids" {
  description = "Public subnets, one per zone."
  value       = [for key in sort(keys(local.zones)) : aws_subnet.public[key].id]
}

output "private_subnet_ids" {
  description = "Private subnets, one per zone."
  value       = [for key in sort(keys(local.zones)) : aws_subnet.private[key].id]
}

output "isolated_subnet_ids" {
  description = "Isolated subnets, one per zone."
  value       = [for key in sort(keys(local.zones)) : aws_subnet.isolated[key].id]
}

# Without a NAT gateway a private subnet reaches neither ECR nor CloudWatch Logs, so no task could start there:
# tasks then stand in the public subnets with an address of their own. Their security group lets in
# only the load balancer, with or without NAT.
output "tasks" {
  description = "Network configuration of tasks: subnet IDs, and whether each task gets a public address."
  value = {
    subnet_ids       = [for key in sort(keys(local.zones)) : (var.nat == "none" ? aws_subnet.public : aws_subnet.private)[key].id]
    assign_public_ip = var.nat == "none"
  }
}
