mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:function/notes-staging--site" }
  }
}

variables {
  name          = "notes-staging--site"
  bucket        = "notes-staging--site-123456789012-eu-central-1"
  load_balancer = { dns_name = "notes-staging-1.eu-central-1.elb.amazonaws.com" }
  service_paths = ["/api/admin/*", "/api/*"]
}

run "nobody_reaches_the_bucket_but_the_distribution" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "The bucket must be private."
  }

  assert {
    condition     = aws_cloudfront_origin_access_control.this.signing_behavior == "always"
    error_message = "CloudFront must sign what it asks of the bucket."
  }

  assert {
    condition     = one([for origin in aws_cloudfront_distribution.this.origin : origin.origin_path if origin.origin_id == "site"]) == "/live"
    error_message = "Visitors must get what is live, and nothing else of the bucket."
  }
}

run "services_answer_their_paths_uncached_and_the_site_all_others" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = [for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.path_pattern] == ["/api/admin/*", "/api/*"]
    error_message = "The more exact pattern must come first."
  }

  assert {
    condition = alltrue([
      for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior :
      behavior.target_origin_id == "services" && length(behavior.allowed_methods) == 7
    ])
    error_message = "Services must be asked with every method."
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.default_cache_behavior).target_origin_id == "site"
    error_message = "The site answers everything else."
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.default_cache_behavior).viewer_protocol_policy == "redirect-to-https"
    error_message = "Visitors must be sent to HTTPS."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this.custom_error_response) == 0
    error_message = "A custom error page would answer the services' errors too."
  }
}

run "index_html_stands_for_every_path_only_where_it_is_chosen" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = length(aws_cloudfront_function.single_page) == 0
    error_message = "An ordinary site needs no function."
  }
}

run "a_single_page" {
  command = plan

  module {
    source = "./modules/site"
  }

  variables {
    single_page = true
  }

  assert {
    condition     = aws_cloudfront_function.single_page[0].publish && strcontains(aws_cloudfront_function.single_page[0].code, "/index.html")
    error_message = "The function must be live."
  }
}

run "files_are_kept_from_deletion_unless_chosen" {
  command = plan

  module {
    source = "./modules/site"
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy && aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "A bucket with files is not deleted by mistake."
  }
}

run "a_service_with_every_path_is_refused" {
  command = plan

  module {
    source = "./modules/site"
  }

  variables {
    service_paths = ["/*"]
  }

  expect_failures = [var.service_paths]
}

run "more_paths_than_cloudfront_takes_are_refused" {
  command = plan

  module {
    source = "./modules/site"
  }

  variables {
    service_paths = [for number in range(75) : "/${number}/*"]
  }

  expect_failures = [var.service_paths]
}

run "an_unknown_price_class_is_refused" {
  command = plan

  module {
    source = "./modules/site"
  }

  variables {
    price_class = "PriceClass_300"
  }

  expect_failures = [var.price_class]
}
