data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

resource "aws_security_group" "vpn" {
  name        = "${local.name}-vpn"
  description = "OpenVPN"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${local.name}-vpn" }
}

resource "aws_vpc_security_group_ingress_rule" "vpn" {
  security_group_id = aws_security_group.vpn.id
  description       = "OpenVPN"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "udp"
  from_port         = 1194
  to_port           = 1194
}

resource "aws_vpc_security_group_egress_rule" "vpn" {
  security_group_id            = aws_security_group.vpn.id
  description                  = "To the database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

data "aws_iam_policy_document" "vpn_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "vpn" {
  name               = "${local.name}-vpn"
  assume_role_policy = data.aws_iam_policy_document.vpn_trust.json
}

resource "aws_iam_role_policy_attachment" "vpn" {
  role       = aws_iam_role.vpn.name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "vpn" {
  name = "${local.name}-vpn"
  role = aws_iam_role.vpn.name
}

resource "aws_key_pair" "vpn" {
  key_name   = "${local.name}-vpn"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0l2ZQmKz1yC1kq0d4gk0c3w5iH6p0QZr6u3m1b0aT whole"
}

resource "aws_instance" "vpn" {
  ami                         = data.aws_ssm_parameter.ami.value
  instance_type               = "t4g.nano"
  subnet_id                   = values(aws_subnet.public)[0].id
  vpc_security_group_ids      = [aws_security_group.vpn.id]
  iam_instance_profile        = aws_iam_instance_profile.vpn.name
  key_name                    = aws_key_pair.vpn.key_name
  source_dest_check           = false
  associate_public_ip_address = true
  user_data_replace_on_change = true
  monitoring                  = true
  ebs_optimized               = true
  user_data                   = "#!/bin/sh\necho hello > /etc/motd\n"

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = 8
    encrypted             = true
    kms_key_id            = aws_kms_key.this.arn
    delete_on_termination = true
  }

  credit_specification {
    cpu_credits = "standard"
  }

  tags        = { Name = "${local.name}-vpn" }
  volume_tags = { Name = "${local.name}-vpn" }

  lifecycle {
    ignore_changes = [ami]
  }
}

resource "aws_eip" "vpn" {
  domain = "vpc"

  tags = { Name = "${local.name}-vpn" }
}

resource "aws_eip_association" "vpn" {
  allocation_id = aws_eip.vpn.id
  instance_id   = aws_instance.vpn.id
}

resource "aws_route" "vpn_clients" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "10.200.0.0/24"
  network_interface_id   = aws_instance.vpn.primary_network_interface_id
}

resource "aws_route53_record" "vpn" {
  zone_id = aws_route53_zone.this.zone_id
  name    = "vpn.${local.name}.example"
  type    = "A"
  ttl     = 300
  records = [aws_eip.vpn.public_ip]
}
