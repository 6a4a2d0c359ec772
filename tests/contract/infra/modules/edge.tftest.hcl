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

run "services_answer_their_paths_uncached_and_the_site_all_others" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  assert {
    condition     = [for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.path_pattern] == ["/api/admin/*", "/api/*"]
    error_message = "The more exact pattern must come first."
  }

  assert {
    condition     = output.behaviors == [{ path_pattern = "/api/admin/*" }, { path_pattern = "/api/*" }]
    error_message = "Which paths lead to services must be told, in order."
  }

  assert {
    condition = alltrue([
      for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior :
      behavior.target_origin_id == "services" && length(behavior.allowed_methods) == 7 && behavior.viewer_protocol_policy == "redirect-to-https"
    ])
    error_message = "Services must be asked with every method, and over HTTPS only."
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

  assert {
    condition     = data.aws_cloudfront_cache_policy.disabled.name == "Managed-CachingDisabled" && data.aws_cloudfront_origin_request_policy.all.name == "Managed-AllViewerAndCloudFrontHeaders-2022-06"
    error_message = "Services are asked each time, and learn the visitor's host, scheme and address."
  }

  assert {
    condition     = length(aws_cloudfront_function.single_page) == 0
    error_message = "An ordinary site needs no function."
  }
}

run "nothing_behind_the_door_is_public" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  assert {
    condition     = one(aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config).arn == var.load_balancer.arn && one(aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config).origin_protocol_policy == "http-only"
    error_message = "The load balancer must be reached inside the VPC, with the protocol that it speaks."
  }

  assert {
    condition = one([for origin in aws_cloudfront_distribution.this.origin : origin if origin.origin_id == "services"]).domain_name == var.load_balancer.dns_name && alltrue([
      for origin in aws_cloudfront_distribution.this.origin : length(origin.custom_origin_config) == 0 && length(origin.custom_header) == 0
    ])
    error_message = "No origin may be asked over the internet, and none needs a secret header."
  }

  assert {
    condition     = aws_cloudfront_origin_access_control.site[0].signing_behavior == "always"
    error_message = "CloudFront must sign what it asks of the bucket."
  }

  assert {
    condition     = one([for origin in aws_cloudfront_distribution.this.origin : origin.origin_path if origin.origin_id == "site"]) == "/live"
    error_message = "Visitors must get what is live, and nothing else of the bucket."
  }
}

run "browsers_are_told_what_the_answer_itself_does_not_say" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  assert {
    condition = alltrue([
      for part in [
        one(aws_cloudfront_response_headers_policy.security.security_headers_config).content_type_options,
        one(aws_cloudfront_response_headers_policy.security.security_headers_config).frame_options,
        one(aws_cloudfront_response_headers_policy.security.security_headers_config).referrer_policy,
        one(aws_cloudfront_response_headers_policy.security.security_headers_config).strict_transport_security,
      ] : length(part) == 1 && !one(part).override
    ])
    error_message = "What a service says itself must stand."
  }

  assert {
    condition     = !one(one(aws_cloudfront_response_headers_policy.security.security_headers_config).strict_transport_security).include_subdomains
    error_message = "HTTPS must not be forced on subdomains, which may be anybody's."
  }
}

run "a_single_page" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    site = { domain_name = "notes-staging--site.s3.eu-central-1.amazonaws.com", single_page = true }
  }

  assert {
    condition     = aws_cloudfront_function.single_page[0].publish && strcontains(aws_cloudfront_function.single_page[0].code, "/index.html")
    error_message = "The function must be live."
  }

  assert {
    condition     = alltrue([for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : length(behavior.function_association) == 0])
    error_message = "A service's 404 must stay one: the function is the site's alone."
  }
}

run "without_a_site_services_answer_everything" {
  command = apply

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    service_paths = ["/*"]
    site          = null
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.default_cache_behavior).target_origin_id == "services" && length(one(aws_cloudfront_distribution.this.default_cache_behavior).allowed_methods) == 7
    error_message = "Everything goes to the services, with every method."
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.default_cache_behavior).cache_policy_id == data.aws_cloudfront_cache_policy.disabled.id && one(aws_cloudfront_distribution.this.default_cache_behavior).origin_request_policy_id != ""
    error_message = "Services are asked each time, with what the visitor sent."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this.origin) == 1 && length(aws_cloudfront_origin_access_control.site) == 0 && output.behaviors == []
    error_message = "There is no site."
  }

  assert {
    condition     = output.url == "https://d1.cloudfront.net" && length(aws_route53_record.alias) == 0 && length(aws_cloudwatch_log_delivery.this) == 0
    error_message = "Without a domain the front door has CloudFront's name; without logs nothing is delivered."
  }
}

run "with_a_domain_everything_bears_its_name" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    domain        = { name = "notes.example.com", zone_id = "Z1" }
    web_acl_arn   = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/notes-staging/1"
    load_balancer = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/notes-staging/50dc6c495c0c9188", dns_name = "internal-notes.elb.amazonaws.com", protocol = "https-only" }
  }

  assert {
    condition     = aws_cloudfront_distribution.this.aliases == toset(["notes.example.com"]) && aws_acm_certificate.this[0].domain_name == "notes.example.com" && output.url == "https://notes.example.com"
    error_message = "Alias, certificate and front door must have one name."
  }

  assert {
    condition     = one(aws_cloudfront_distribution.this.viewer_certificate).minimum_protocol_version == "TLSv1.2_2021" && one(aws_cloudfront_distribution.this.viewer_certificate).ssl_support_method == "sni-only"
    error_message = "Old TLS must be refused, and no address of its own paid for."
  }

  assert {
    condition     = keys(aws_route53_record.alias) == ["A", "AAAA"] && alltrue([for record in aws_route53_record.alias : record.name == "notes.example.com" && record.zone_id == "Z1"])
    error_message = "The name must lead to CloudFront over IPv4 and IPv6."
  }

  assert {
    condition     = aws_route53_record.validation[0].allow_overwrite
    error_message = "The load balancer's certificate asks for the same record."
  }

  assert {
    condition     = data.aws_cloudfront_origin_request_policy.all.name == "Managed-AllViewerAndCloudFrontHeaders-2022-06" && one(aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config).origin_protocol_policy == "https-only"
    error_message = "The load balancer's certificate must match the Host that is passed on."
  }

  assert {
    condition     = aws_cloudfront_distribution.this.web_acl_id == var.web_acl_arn
    error_message = "The firewall must stand before the distribution."
  }
}

run "access_logs_say_who_asked_from_where_and_no_secret" {
  command = plan

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  module {
    source = "./modules/edge"
  }

  variables {
    logs = { bucket_arn = "arn:aws:s3:::notes-staging--logs", prefix = "edge" }
  }

  assert {
    condition     = aws_cloudwatch_log_delivery_destination.this[0].output_format == "parquet" && one(aws_cloudwatch_log_delivery_destination.this[0].delivery_destination_configuration).destination_resource_arn == "arn:aws:s3:::notes-staging--logs/edge"
    error_message = "Logs are Parquet, in their folder: without one AWS chooses another."
  }

  assert {
    condition     = length(setsubtract(["timestamp(ms)", "c-country", "asn", "sc-status", "time-taken"], aws_cloudwatch_log_delivery.this[0].record_fields)) == 0
    error_message = "Traffic is asked by country, network, status and duration."
  }

  assert {
    condition     = length(setintersection(["cs(Cookie)", "cs-uri-query", "cs(Referer)"], aws_cloudwatch_log_delivery.this[0].record_fields)) == 0
    error_message = "Sessions and tokens must not be logged."
  }

  assert {
    condition     = !aws_cloudwatch_log_delivery.this[0].s3_delivery_configuration[0].enable_hive_compatible_path && aws_cloudwatch_log_delivery.this[0].s3_delivery_configuration[0].suffix_path == "{yyyy}/{MM}/{dd}"
    error_message = "Each day has its own folder, as the table of the module traffic expects it."
  }
}
