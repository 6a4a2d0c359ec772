# A way in to the database for people from outside: OpenVPN on one small host.
#
# The host is made from this file and the folder `host` alone and keeps nothing: it can be replaced at any time, and has
# its address and its keys again. Nobody logs in but over Systems Manager.

locals {
  resolver = cidrhost(var.private_cidr, 2) # The VPC's own (VPC user guide, "Amazon DNS server").
  secret   = aws_secretsmanager_secret.this.arn
  disk     = "${path.module}/host"

  # The settings are those that were proved with OpenVPN 2.6. Revoked names are refused with the next handshake.
  configuration = templatefile("${local.disk}/vpn.conf.tftpl", {
    clients_address = cidrhost(var.clients_cidr, 0)
    clients_mask    = cidrnetmask(var.clients_cidr)
    private_address = cidrhost(var.private_cidr, 0)
    private_mask    = cidrnetmask(var.private_cidr)
    resolver        = local.resolver
  })

  # From the tunnel: the database and names. Not the host itself, and not one client from another.
  firewall = templatefile("${local.disk}/nftables.conf.tftpl", {
    private_cidr  = var.private_cidr
    clients_cidr  = var.clients_cidr
    database_port = var.database.port
    resolver      = local.resolver
  })

  # Fails until the secret has a value, and is then started again.
  keys = templatefile("${local.disk}/vpn-keys.sh.tftpl", { region = var.region, secret = local.secret })

  # What OpenVPN says goes to the log group, where one was chosen.
  log_settings = jsonencode({ logs = { logs_collected = { files = { collect_list = [
    { file_path = "/var/log/openvpn.log", log_group_name = var.log_group, log_stream_name = "{instance_id}" },
  ] } } } })
  logging = var.log_group == null ? "" : templatefile("${local.disk}/logging.sh.tftpl", { settings = local.log_settings })

  # Without the agent, which is installed last. The role may write here, and the AWS CLI is part of Amazon Linux.
  log_group = coalesce(var.log_group, "none")
  report = var.log_group == null ? ":" : join(" && ", compact(split("\n", templatefile(
    "${local.disk}/report.sh.tftpl", { region = var.region, log_group = local.log_group },
  ))))

  # A host is replaced when this changes by a single byte.
  boot = templatefile("${local.disk}/boot.sh.tftpl", {
    report        = local.report
    firewall      = local.firewall
    configuration = local.configuration
    keys          = local.keys
    logging       = local.logging
  })
}

# --- who reaches whom

resource "aws_security_group" "this" {
  name        = var.names.security_group
  description = "The VPN host: inbound OpenVPN, outbound to the database and AWS"
  vpc_id      = var.vpc_id

  tags = { Name = var.names.security_group }
}

# People are anywhere. Without a client's key for tls-crypt a packet is dropped before anything is answered.
resource "aws_vpc_security_group_ingress_rule" "openvpn" {
  security_group_id = aws_security_group.this.id
  description       = "OpenVPN"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "udp"
  from_port         = 1194
  to_port           = 1194
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id            = aws_security_group.this.id
  description                  = "The database"
  referenced_security_group_id = var.database.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = var.database.port
  to_port                      = var.database.port
}

# Systems Manager, Secrets Manager and the packages of Amazon Linux. The VPC's resolver needs no rule:
# security groups do not look at it (VPC user guide, "Security groups for your VPC").
resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.this.id
  description       = "AWS and packages"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# --- keys

# Made without a value: tagship brings it. The key that signs certificates is never in it.
resource "aws_secretsmanager_secret" "this" {
  name                    = var.names.secret
  description             = "Keys and revocations of the VPN host ${var.names.instance}"
  recovery_window_in_days = 0
}

# --- what the host may do

data "aws_iam_policy_document" "assumed_by_host" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "host" {
  statement {
    sid       = "ReadOwnKeys"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.this.arn]
  }

  # Sessions over Systems Manager, and no more than that: AWS's own policy would let the host read every parameter
  # (Systems Manager user guide, "Create a custom IAM role for Session Manager").
  statement {
    sid = "TakeSessions"
    actions = [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"] # These actions know no resource that could be named before the host is there.
  }

  dynamic "statement" {
    for_each = aws_cloudwatch_log_group.this

    content {
      sid       = "WriteOwnLog"
      actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      resources = ["${statement.value.arn}:*"]
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  count = var.log_group == null ? 0 : 1

  name              = var.log_group
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "this" {
  name               = var.names.role
  description        = "The VPN host ${var.names.instance}: reads its keys, and allows Session Manager"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_host.json
}

resource "aws_iam_role_policy" "this" {
  name   = "keys-and-sessions"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.host.json
}

resource "aws_iam_instance_profile" "this" {
  name = var.names.profile
  role = aws_iam_role.this.name
}

# --- the host

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
}

resource "aws_instance" "this" {
  ami                         = data.aws_ssm_parameter.image.value
  instance_type               = var.instance_type
  subnet_id                   = var.subnet_id
  vpc_security_group_ids      = [aws_security_group.this.id]
  iam_instance_profile        = aws_iam_instance_profile.this.name
  user_data                   = local.boot
  user_data_replace_on_change = true
  source_dest_check           = true # Clients go out under the host's own address.

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 8
    encrypted   = true
  }

  tags        = { Name = var.names.instance }
  volume_tags = { Name = var.names.instance }

  lifecycle {
    # Otherwise the host would be replaced with every image that Amazon publishes.
    ignore_changes = [ami]
  }

  depends_on = [
    aws_iam_role_policy.this,
    aws_vpc_security_group_egress_rule.https,
  ]
}

resource "aws_eip" "this" {
  domain = "vpc"

  tags = { Name = var.names.instance }
}

resource "aws_eip_association" "this" {
  allocation_id = aws_eip.this.id
  instance_id   = aws_instance.this.id
}
