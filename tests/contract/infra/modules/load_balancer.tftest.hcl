mock_provider "aws" {}

variables {
  name                = "notes-staging"
  security_group_name = "notes-staging--load-balancer"
  vpc_id              = "vpc-1"
  subnet_ids          = ["subnet-1", "subnet-2"]
}

run "only_http_comes_in_and_nothing_goes_out_by_itself" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.http.from_port == 80 && aws_vpc_security_group_ingress_rule.http.to_port == 80
    error_message = "Port 80 alone is open."
  }

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && !aws_lb.this.internal
    error_message = "Headers that are not valid must be dropped."
  }
}

run "what_no_service_asks_for_is_not_found" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  assert {
    condition     = one(one(aws_lb_listener.http.default_action).fixed_response).status_code == "404"
    error_message = "Without a rule the answer is 404."
  }
}

run "protection_is_off_unless_chosen" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  assert {
    condition     = !aws_lb.this.enable_deletion_protection
    error_message = "An environment must be destroyable unless protected."
  }
}

run "protection_by_choice" {
  command = plan

  module {
    source = "./modules/load_balancer"
  }

  variables {
    deletion_protection = true
  }

  assert {
    condition     = aws_lb.this.enable_deletion_protection
    error_message = "Protection was chosen."
  }
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
