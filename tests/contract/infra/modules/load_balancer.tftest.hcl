mock_provider "aws" {
  mock_data "aws_ec2_managed_prefix_list" {
    defaults = { id = "pl-cloudfront" }
  }
}

variables {
  name                = "notes-staging"
  security_group_name = "notes-staging--load-balancer"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
}

run "only_cloudfront_comes_in_and_nothing_goes_out_by_itself" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  assert {
    condition     = data.aws_ec2_managed_prefix_list.cloudfront.name == "com.amazonaws.global.cloudfront.origin-facing"
    error_message = "The list of CloudFront's own addresses."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_cloudfront.prefix_list_id == "pl-cloudfront" && aws_vpc_security_group_ingress_rule.from_cloudfront.cidr_ipv4 == null
    error_message = "The one way in is CloudFront's."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_cloudfront.from_port == 80 && aws_vpc_security_group_ingress_rule.from_cloudfront.to_port == 80
    error_message = "Port 80 alone is open without a domain."
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.to_cognito) == 0
    error_message = "Each service adds the way to its tasks; there is no other."
  }

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.internal
    error_message = "It has no public address, and drops headers that are not valid."
  }

  assert {
    condition     = aws_lb_listener.this.port == 80 && aws_lb_listener.this.protocol == "HTTP" && output.protocol == "http-only" && length(aws_acm_certificate.this) == 0
    error_message = "Without a domain there is no certificate to speak HTTPS with."
  }

  assert {
    condition     = one(one(aws_lb_listener.this.default_action).fixed_response).status_code == "404"
    error_message = "Without a rule the answer is 404."
  }

  assert {
    condition     = !aws_lb.this.enable_deletion_protection && length(aws_lb.this.access_logs) == 0
    error_message = "An environment must be destroyable unless protected, and writes access logs by choice."
  }
}

run "a_domain_brings_https_and_nothing_else_is_open" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    domain              = { name = "notes.example.com", zone_id = "Z1" }
    sign_in             = true
    access_logs         = { bucket = "notes-logs", prefix = "load-balancer" }
    deletion_protection = true
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.from_cloudfront.from_port == 443 && aws_vpc_security_group_ingress_rule.from_cloudfront.to_port == 443
    error_message = "Port 443 alone is open with a domain."
  }

  assert {
    condition = (
      aws_lb_listener.this.port == 443 && aws_lb_listener.this.protocol == "HTTPS"
      && aws_lb_listener.this.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06" && output.protocol == "https-only"
    )
    error_message = "HTTPS, TLS 1.2 or 1.3."
  }

  assert {
    condition     = one(one(aws_lb_listener.this.default_action).fixed_response).status_code == "404"
    error_message = "Without a rule the answer is 404 over HTTPS too."
  }

  assert {
    condition     = one(aws_acm_certificate.this).domain_name == "notes.example.com" && one(aws_acm_certificate.this).validation_method == "DNS"
    error_message = "The certificate is of the name that CloudFront passes on."
  }

  assert {
    condition     = one(aws_route53_record.validation).zone_id == "Z1" && one(aws_route53_record.validation).allow_overwrite
    error_message = "CloudFront's certificate asks for the same record."
  }

  assert {
    condition     = one(aws_vpc_security_group_egress_rule.to_cognito).from_port == 443 && one(aws_vpc_security_group_egress_rule.to_cognito).to_port == 443
    error_message = "For sign-in the load balancer reaches Cognito, over HTTPS alone."
  }

  assert {
    condition     = one(aws_lb.this.access_logs).enabled && one(aws_lb.this.access_logs).bucket == "notes-logs" && one(aws_lb.this.access_logs).prefix == "load-balancer"
    error_message = "Access logs were chosen."
  }

  assert {
    condition     = aws_lb.this.enable_deletion_protection
    error_message = "Protection was chosen."
  }
}

run "sign_in_without_a_domain_is_refused" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    sign_in = true
  }

  expect_failures = [var.sign_in]
}

run "a_domain_that_is_an_address_and_a_prefix_with_a_slash_are_refused" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    domain      = { name = "https://notes.example.com", zone_id = "Z1" }
    access_logs = { bucket = "notes-logs", prefix = "load-balancer/" }
  }

  expect_failures = [var.domain, var.access_logs]
}

run "a_domain_of_65_characters_is_refused" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    domain = { name = "a234567890123456789012345678901234567890123456789.0123456.example", zone_id = "Z1" }
  }

  expect_failures = [var.domain]
}

run "a_name_of_33_characters_is_refused" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    name = "a23456789012345678901234567890123"
  }

  expect_failures = [var.name]
}

run "a_name_that_aws_keeps_for_itself_is_refused" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    name = "internal-notes"
  }

  expect_failures = [var.name]
}

run "one_subnet_is_refused" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}
