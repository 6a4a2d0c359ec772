mock_provider "aws" {
  mock_data "aws_cloudfront_cache_policy" {
    defaults = { id = "cache-policy" }
  }

  mock_data "aws_cloudfront_origin_request_policy" {
    defaults = { id = "origin-request-policy" }
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/E1", domain_name = "d1.cloudfront.net" }
  }

  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/notes-staging--edge" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"

  mock_resource "aws_cloudwatch_log_delivery_destination" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:delivery-destination:notes-staging--edge" }
  }
}

variables {
  names = {
    distribution   = "notes-staging"
    function       = "notes-staging--edge"
    headers_policy = "notes-staging--edge"
    access_control = "notes-staging--edge"
    log_delivery   = "notes-staging--edge"
  }

  load_balancer = {
    arn      = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/notes-staging/50dc6c495c0c9188"
    dns_name = "internal-notes-staging-1.eu-central-1.elb.amazonaws.com"
    protocol = "http-only"
  }

  service_paths = ["/api/admin/*", "/api/*"]
  site          = { domain_name = "notes-staging--site.s3.eu-central-1.amazonaws.com" }
}

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
