mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  names = {
    instance       = "notes-production-vpn"
    role           = "notes-production-vpn"
    profile        = "notes-production-vpn"
    security_group = "notes-production-vpn"
    secret         = "notes-production/vpn"
  }
  vpc_id       = "vpc-1"
  subnet_id    = "subnet-1"
  private_cidr = "10.20.0.0/16"
  clients_cidr = "10.8.0.0/24"
  database     = { security_group_id = "sg-database", port = 5432 }
  region       = "eu-central-1"
}

run "one_port_leads_in_and_only_the_database_and_https_lead_out" {
  command = plan

  module {
    source = "./modules/vpn"
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.openvpn.ip_protocol == "udp"
      && aws_vpc_security_group_ingress_rule.openvpn.from_port == 1194 && aws_vpc_security_group_ingress_rule.openvpn.to_port == 1194
    )
    error_message = "OpenVPN alone is reached from outside."
  }

  assert {
    condition = (
      aws_vpc_security_group_egress_rule.database.referenced_security_group_id == "sg-database"
      && aws_vpc_security_group_egress_rule.database.from_port == 5432 && aws_vpc_security_group_egress_rule.database.to_port == 5432
      && aws_vpc_security_group_egress_rule.https.from_port == 443 && aws_vpc_security_group_egress_rule.https.to_port == 443
      && aws_vpc_security_group_egress_rule.https.ip_protocol == "tcp"
    )
    error_message = "Of the network the host reaches only the database."
  }
}

run "the_host_has_no_key_pair_and_no_old_metadata_service_and_an_encrypted_disk" {
  command = plan

  module {
    source = "./modules/vpn"
  }

  override_resource {
    target          = aws_secretsmanager_secret.this
    values          = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-production/vpn-AbCdEf" }
    override_during = plan
  }

  assert {
    condition     = one(aws_instance.this.metadata_options).http_tokens == "required" && one(aws_instance.this.metadata_options).http_put_response_hop_limit == 1
    error_message = "The host's credentials must not be had by one forged request."
  }

  assert {
    condition     = one(aws_instance.this.root_block_device).encrypted && aws_instance.this.source_dest_check && aws_instance.this.instance_type == "t4g.nano"
    error_message = "The disk must be encrypted, and the host speak for itself."
  }

  assert {
    condition     = strcontains(aws_instance.this.user_data, "server 10.8.0.0 255.255.255.0\n") && strcontains(aws_instance.this.user_data, "push \"route 10.20.0.0 255.255.0.0\"\n")
    error_message = "Clients must have their addresses and the way to the network."
  }

  assert {
    condition     = strcontains(aws_instance.this.user_data, "iifname \"tun*\" ip daddr 10.20.0.0/16 tcp dport 5432 accept") && strcontains(aws_instance.this.user_data, "iifname \"tun*\" ip daddr 10.20.0.2 meta l4proto")
    error_message = "From the tunnel only the database and the resolver are reached."
  }

  assert {
    condition     = strcontains(aws_instance.this.user_data, "--secret-id arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-production/vpn-AbCdEf") && !strcontains(aws_instance.this.user_data, "PRIVATE KEY")
    error_message = "Keys are fetched, and never written into what everybody in the account may read."
  }

  assert {
    condition     = startswith(aws_instance.this.user_data, "#!/bin/bash\n") && length(aws_instance.this.user_data) < 16384
    error_message = "EC2 takes 16 KB."
  }

  assert {
    condition     = length(aws_cloudwatch_log_group.this) == 0 && !strcontains(aws_instance.this.user_data, "amazon-cloudwatch-agent")
    error_message = "Without a log group there is no agent."
  }
}

run "the_host_may_read_its_own_secret_and_take_sessions" {
  command = plan

  module {
    source = "./modules/vpn"
  }

  variables {
    log_group = "/vpn/notes-production"
  }

  override_resource {
    target          = aws_secretsmanager_secret.this
    values          = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-production/vpn-AbCdEf" }
    override_during = plan
  }

  override_resource {
    target          = aws_cloudwatch_log_group.this
    values          = { arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/vpn/notes-production" }
    override_during = plan
  }

  assert {
    condition = {
      for statement in data.aws_iam_policy_document.host.statement : statement.sid => statement.resources if statement.sid != "TakeSessions"
      } == {
      ReadOwnKeys = toset(["arn:aws:secretsmanager:eu-central-1:123456789012:secret:notes-production/vpn-AbCdEf"])
      WriteOwnLog = toset(["arn:aws:logs:eu-central-1:123456789012:log-group:/vpn/notes-production:*"])
    }
    error_message = "The host reads one secret and writes one log."
  }

  assert {
    condition = alltrue(flatten([
      for statement in data.aws_iam_policy_document.host.statement : [for action in statement.actions : !strcontains(action, "*")]
    ]))
    error_message = "No action may be a pattern."
  }

  assert {
    condition     = strcontains(aws_instance.this.user_data, "amazon-cloudwatch-agent-ctl") && strcontains(aws_instance.this.user_data, "\"log_group_name\":\"/vpn/notes-production\"")
    error_message = "Who connects must be told to the log group."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this[0].retention_in_days == 90
    error_message = "The log must end some day."
  }
}

run "clients_within_the_network_are_refused" {
  command = plan

  module {
    source = "./modules/vpn"
  }

  variables {
    clients_cidr = "10.20.8.0/24"
  }

  expect_failures = [var.clients_cidr]
}

run "clients_around_the_network_and_a_processor_of_another_kind_are_refused" {
  command = plan

  module {
    source = "./modules/vpn"
  }

  variables {
    private_cidr  = "10.20.3.0/24"
    clients_cidr  = "10.20.0.0/16"
    instance_type = "t3.nano"
  }

  expect_failures = [var.clients_cidr, var.instance_type]
}

run "a_pool_without_addresses_is_refused" {
  command = plan

  module {
    source = "./modules/vpn"
  }

  variables {
    clients_cidr = "10.8.0.0/30"
  }

  expect_failures = [var.clients_cidr]
}
