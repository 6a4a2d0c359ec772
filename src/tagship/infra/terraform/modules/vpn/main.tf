# A way in to the database for people from outside: OpenVPN on one small host.
#
# The host is made from this file alone and keeps nothing: it can be replaced at any time, and has its address and its
# keys again. Nobody logs in but over Systems Manager.

locals {
  resolver = cidrhost(var.private_cidr, 2) # The VPC's own (VPC user guide, "Amazon DNS server").
  secret   = aws_secretsmanager_secret.this.arn

  # The settings are those that were proved with OpenVPN 2.6. Revoked names are refused with the next handshake.
  configuration = <<-CONF
    port 1194
    proto udp4
    dev tun
    topology subnet
    server ${cidrhost(var.clients_cidr, 0)} ${cidrnetmask(var.clients_cidr)}
    ca ca.pem
    cert cert.pem
    key key.pem
    config tls.conf
    dh none
    tls-groups secp384r1:secp256r1:X25519
    tls-version-min 1.2
    tls-cert-profile preferred
    data-ciphers AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305
    auth SHA256
    remote-cert-tls client
    verify-client-cert require
    crl-verify /var/lib/vpn/crl.pem
    push "route ${cidrhost(var.private_cidr, 0)} ${cidrnetmask(var.private_cidr)}"
    push "dhcp-option DNS ${local.resolver}"
    keepalive 10 60
    persist-key
    persist-tun
    user nobody
    group nobody
    explicit-exit-notify 1
    management /run/openvpn-server/management.sock unix
    verb 3
  CONF

  # From the tunnel: the database and names. Not the host itself, and not one client from another.
  firewall = <<-NFT
    table inet vpn {
      chain input {
        type filter hook input priority filter; policy accept;
        iifname "tun*" drop
      }
      chain forward {
        type filter hook forward priority filter; policy drop;
        ct state established,related accept
        iifname "tun*" ip daddr ${var.private_cidr} tcp dport ${var.database.port} accept
        iifname "tun*" ip daddr ${local.resolver} meta l4proto { tcp, udp } th dport 53 accept
      }
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr ${var.clients_cidr} masquerade
      }
    }
  NFT

  # Fails until the secret has a value, and is then started again.
  keys = <<-SCRIPT
    #!/bin/bash
    set -euo pipefail
    umask 077
    keys=/etc/openvpn/server
    shared=/var/lib/vpn
    new=$(mktemp -d)
    trap 'rm -rf "$new"' EXIT

    aws secretsmanager get-secret-value --region ${var.region} --secret-id ${local.secret} \
      --query SecretString --output text >"$new/secret"
    part() { jq -er --arg part "$1" '.[$part] // empty' "$new/secret"; }
    for name in ca cert key crl; do part "$name" >"$new/$name.pem"; done
    if part tls_crypt_v2 >"$new/tls.pem"; then
      echo "tls-crypt-v2 tls.pem force-cookie" >"$new/tls.conf"
    else
      part tls_crypt >"$new/tls.pem"
      echo "tls-crypt tls.pem" >"$new/tls.conf"
    fi
    jq -r '.revoked[]?' "$new/secret" | LC_ALL=C sort -u >"$new/revoked"
    openssl crl -in "$new/crl.pem" -noout # A broken list would lock everybody out.

    # By rename, so that no handshake meets half a list; OpenVPN reads it as nobody.
    install -m 644 "$new/crl.pem" "$shared/crl.next"
    mv "$shared/crl.next" "$shared/crl.pem"

    changed=
    for name in ca.pem cert.pem key.pem tls.pem tls.conf; do
      cmp -s "$new/$name" "$keys/$name" && continue
      install -m 600 "$new/$name" "$keys/$name"
      changed=1
    done
    if [ "$changed" ] || ! systemctl -q is-active openvpn-server@vpn; then
      systemctl -q enable openvpn-server@vpn
      systemctl restart openvpn-server@vpn
    else
      # Who is connected stays so until the next handshake, up to an hour: cut off whoever has been revoked since.
      touch "$shared/revoked"
      LC_ALL=C comm -13 "$shared/revoked" "$new/revoked" | while read -r name; do
        python3 -c 'import socket, sys
    with socket.socket(socket.AF_UNIX) as management:
        management.settimeout(10)
        management.connect("/run/openvpn-server/management.sock")
        management.sendall(f"kill {sys.argv[1]}\nquit\n".encode())
        while management.recv(4096):
            pass' "$name"
      done
    fi
    install -m 644 "$new/revoked" "$shared/revoked"
  SCRIPT

  # What OpenVPN says goes to the log group, where one was chosen.
  log_settings = jsonencode({ logs = { logs_collected = { files = { collect_list = [
    { file_path = "/var/log/openvpn.log", log_group_name = var.log_group, log_stream_name = "{instance_id}" },
  ] } } } })
  logging = var.log_group == null ? "" : <<-SCRIPT
    install_packages amazon-cloudwatch-agent
    echo 'log-append /var/log/openvpn.log' >>/etc/openvpn/server/vpn.conf
    echo '${local.log_settings}' >/etc/vpn-log.json
    /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/vpn-log.json
  SCRIPT

  # Without the agent, which is installed last. The role may write here, and the AWS CLI is part of Amazon Linux.
  log_group = coalesce(var.log_group, "none")
  tell_log_group = var.log_group == null ? ":" : join(" && ", [
    "now=$(date +%s)",
    "aws logs create-log-stream --region ${var.region} --log-group-name ${local.log_group} --log-stream-name boot-$now",
    "aws logs put-log-events --region ${var.region} --log-group-name ${local.log_group} --log-stream-name boot-$now --log-events \"[{\\\"timestamp\\\": $${now}000, \\\"message\\\": \\\"VPN: boot failed in line $1\\\"}]\"",
  ])

  boot = <<-SCRIPT
    #!/bin/bash
    set -euo pipefail

    # Where it ends early, the instance's system log says so (aws ec2 get-console-output), and the log group, if any.
    trap 'failed "$LINENO"' ERR
    failed() {
      echo "VPN: boot failed in line $1" | tee -a /var/log/vpn-boot.log >/dev/console || true
      ${local.tell_log_group}
    }

    # dnf takes more than the 512 MB of the smallest hosts, and is killed without room to swap
    # (github.com/amazonlinux/amazon-linux-2023, issue 404).
    install -m 600 /dev/null /var/swap
    dd if=/dev/zero of=/var/swap bs=1M count=1024 status=none
    mkswap /var/swap >/dev/null
    swapon /var/swap
    echo '/var/swap none swap sw 0 0' >>/etc/fstab

    # OpenVPN is in Amazon Linux's own repository since 2023.6 (github.com/amazonlinux/amazon-linux-2023, issue 79).
    # The address that leads out is attached only moments after the start.
    install_packages() {
      for try in $(seq 60); do
        if dnf -qy install "$@"; then return; fi
        echo "VPN: try $try of 60 to install packages failed"
        sleep 5
      done
      return 1
    }
    install_packages openvpn nftables jq openssl diffutils

    echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/60-vpn.conf
    sysctl -q -p /etc/sysctl.d/60-vpn.conf
    cat >/etc/sysconfig/nftables.conf <<'END'
    ${local.firewall}END
    systemctl -q enable --now nftables

    install -d -m 755 /var/lib/vpn
    cat >/etc/openvpn/server/vpn.conf <<'END'
    ${local.configuration}END
    cat >/usr/local/sbin/vpn-keys <<'END'
    ${local.keys}END
    chmod 755 /usr/local/sbin/vpn-keys
    ${local.logging}
    cat >/etc/systemd/system/vpn-keys.service <<'END'
    [Unit]
    Description=Keys of the VPN, and who is revoked
    Wants=network-online.target
    After=network-online.target
    StartLimitIntervalSec=0
    [Service]
    Type=oneshot
    ExecStart=/usr/local/sbin/vpn-keys
    Restart=on-failure
    RestartSec=15
    END
    cat >/etc/systemd/system/vpn-keys.timer <<'END'
    [Unit]
    Description=Every five minutes
    [Timer]
    OnActiveSec=1
    OnCalendar=*:0/5
    [Install]
    WantedBy=timers.target
    END
    systemctl daemon-reload
    systemctl -q enable --now vpn-keys.timer
  SCRIPT
}

# --- who reaches whom

resource "aws_security_group" "this" {
  name        = var.names.security_group
  description = "The VPN host: in by OpenVPN, out to the database and to AWS"
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
  description             = "Keys of the VPN host ${var.names.instance}, and who is revoked"
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
  description        = "The VPN host ${var.names.instance}: reads its keys and takes sessions"
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
