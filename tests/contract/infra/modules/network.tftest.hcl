mock_provider "aws" {}

variables {
  name  = "notes-staging"
  cidr  = "10.20.0.0/16"
  zones = ["eu-central-1a", "eu-central-1b"]
}

run "a_single_gateway_serves_both_zones" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["1"] && length(aws_route.private_internet) == 2
    error_message = "Both zones must go out through the one gateway."
  }

  assert {
    condition     = !output.tasks.assign_public_ip
    error_message = "Tasks must have no public address where there is NAT."
  }
}

run "a_gateway_per_zone" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat = "per-zone"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["1", "2"] && keys(aws_eip.nat) == ["1", "2"]
    error_message = "Each zone must have its own gateway and address."
  }
}

run "without_nat_tasks_stand_in_public_subnets" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat = "none"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.nat) == 0 && length(aws_route.private_internet) == 0
    error_message = "Nothing that costs money must be made."
  }

  assert {
    condition     = output.tasks.assign_public_ip
    error_message = "Without NAT a task needs a public address to reach the registry."
  }
}

run "subnets_do_not_overlap_and_each_kind_has_both_zones" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition = length(distinct(concat(
      [for subnet in aws_subnet.public : subnet.cidr_block],
      [for subnet in aws_subnet.private : subnet.cidr_block],
      [for subnet in aws_subnet.isolated : subnet.cidr_block],
    ))) == 6
    error_message = "Six subnets need six ranges."
  }

  assert {
    condition = alltrue([
      for kind in [aws_subnet.public, aws_subnet.private, aws_subnet.isolated] :
      [for key in sort(keys(kind)) : kind[key].availability_zone] == ["eu-central-1a", "eu-central-1b"]
    ])
    error_message = "Each kind of subnet must stand in both zones."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : subnet.map_public_ip_on_launch != true])
    error_message = "Nothing must get a public address only because of where it stands."
  }
}

run "the_smallest_network_still_holds_a_load_balancer" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "192.168.7.0/24"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : endswith(subnet.cidr_block, "/27")])
    error_message = "A load balancer wants subnets of at least /27."
  }
}

run "too_small_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "10.20.0.0/25"
  }

  expect_failures = [var.cidr]
}

run "too_large_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "10.0.0.0/8"
  }

  expect_failures = [var.cidr]
}

run "a_range_that_does_not_begin_at_its_beginning_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    cidr = "10.20.3.0/16"
  }

  expect_failures = [var.cidr]
}

run "one_zone_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    zones = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.zones]
}

run "another_word_for_nat_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    nat = "double"
  }

  expect_failures = [var.nat]
}
