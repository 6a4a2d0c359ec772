# The provider and the variables are those of edge.tftest.hcl: test_modules.py puts them here.

run "a_service_with_every_path_is_refused_beside_a_site" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    service_paths = ["/*"]
  }

  expect_failures = [var.service_paths]
}

run "more_paths_than_cloudfront_takes_are_refused" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    service_paths = [for number in range(75) : "/${number}/*"]
  }

  expect_failures = [var.service_paths]
}

run "what_aws_would_refuse_is_refused_before" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    price_class   = "PriceClass_300"
    load_balancer = { arn = "arn", dns_name = "name", protocol = "match-viewer" }
    logs          = { bucket_arn = "arn:aws:s3:::notes-staging--logs", prefix = "/edge/" }

    names = {
      distribution   = "notes-staging"
      function       = "notes.staging"
      headers_policy = "notes-staging"
      access_control = "notes-staging"
      log_delivery   = "a12345678901234567890123456789012345678901234567890123456789x"
    }
  }

  expect_failures = [var.price_class, var.load_balancer, var.logs, var.names]
}

run "a_domain_without_https_behind_it_is_refused" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    domain = { name = "notes.example.com", zone_id = "Z1" }
  }

  expect_failures = [var.domain]
}
