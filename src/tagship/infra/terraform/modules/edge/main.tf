# The front door: CloudFront, always. It reaches the internal load balancer through a VPC origin, so nothing in the
# VPC has a public address, and the site's bucket with an access control, so nobody else reads it.

data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_cache_policy" "disabled" {
  name = "Managed-CachingDisabled"
}

# All of the visitor's headers, Host among them, and what only CloudFront knows: CloudFront-Forwarded-Proto and
# CloudFront-Viewer-Address, which no load balancer on the way writes over. Over HTTPS the load balancer's certificate
# has to match the Host that is passed on, and does; over HTTP nothing has to match. Sources: CloudFront, "Use managed
# origin request policies" and "Require HTTPS for communication between CloudFront and your custom origin".
data "aws_cloudfront_origin_request_policy" "all" {
  name = "Managed-AllViewerAndCloudFrontHeaders-2022-06"
}

# --- the way into the VPC

# CloudFront changes no VPC origin that a distribution uses (CannotUpdateEntityWhileInUse): another load balancer or
# another protocol is another VPC origin, which takes over before the one of before goes.
resource "terraform_data" "origin" {
  triggers_replace = [var.load_balancer.arn, var.load_balancer.protocol]
}

locals {
  # Both stand side by side for a while under two names: the load balancer's id and the protocol tell them apart.
  vpc_origin = "-${basename(var.load_balancer.arn)}-${var.load_balancer.protocol}"
}

resource "aws_cloudfront_vpc_origin" "this" {
  vpc_origin_endpoint_config {
    # A name has 64 characters at most: "The parameter VPC Origin Name is too big.", CloudFront says of more.
    name                   = "${substr(var.names.distribution, 0, 64 - length(local.vpc_origin))}${local.vpc_origin}"
    arn                    = var.load_balancer.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = var.load_balancer.protocol

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  # "Up to 15 minutes" is what AWS says, and what the provider waits for by default.
  timeouts {
    create = "30m"
    delete = "30m"
  }

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.origin]
  }
}

# --- the way to the site's files

resource "aws_cloudfront_origin_access_control" "site" {
  count = var.site == null ? 0 : 1

  name                              = var.names.access_control
  description                       = "CloudFront signs its requests to the site's bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# A custom error page would be simpler, and would answer the services' 404 too: it holds for a whole distribution.
resource "aws_cloudfront_function" "single_page" {
  count = try(var.site.single_page, false) ? 1 : 0

  name    = var.names.function
  comment = "Returns index.html for every path that is not a file"
  runtime = "cloudfront-js-2.0"
  publish = true

  code = <<-EOT
    function handler(event) {
      var request = event.request;
      var last = request.uri.split("/").pop();
      if (last.indexOf(".") === -1) {
        request.uri = "/index.html";
      }
      return request;
    }
  EOT
}

# What browsers are told where an answer does not say it itself: a service that sends such a header is not overridden.
resource "aws_cloudfront_response_headers_policy" "security" {
  name    = var.names.headers_policy
  comment = "Security headers for responses without them"

  security_headers_config {
    content_type_options {
      override = false
    }

    frame_options {
      frame_option = "SAMEORIGIN"
      override     = false
    }

    referrer_policy {
      referrer_policy = "strict-origin-when-cross-origin"
      override        = false
    }

    # Not for subdomains, which may be anybody's, and not preloaded, which cannot be taken back.
    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = false
      preload                    = false
      override                   = false
    }
  }
}

# --- the distribution

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  comment             = var.names.distribution
  default_root_object = var.site == null ? null : "index.html"
  price_class         = var.price_class
  web_acl_id          = var.web_acl_arn
  aliases             = var.domain == null ? null : [var.domain.name]

  # Edge locations take minutes. The first publication waits for them, and says so.
  wait_for_deployment = false

  origin {
    origin_id   = "services"
    domain_name = var.load_balancer.dns_name

    vpc_origin_config {
      vpc_origin_id       = aws_cloudfront_vpc_origin.this.id
      origin_read_timeout = 60

      # Less than the load balancer's own 60 seconds, so that none is closed while CloudFront uses it once more.
      origin_keepalive_timeout = 55
    }
  }

  dynamic "origin" {
    for_each = var.site == null ? [] : [var.site]

    content {
      origin_id                = "site"
      domain_name              = origin.value.domain_name
      origin_path              = "/live"
      origin_access_control_id = one(aws_cloudfront_origin_access_control.site[*].id)
    }
  }

  default_cache_behavior {
    target_origin_id           = var.site == null ? "services" : "site"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = var.site == null ? local.every_method : ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = var.site == null ? data.aws_cloudfront_cache_policy.disabled.id : data.aws_cloudfront_cache_policy.optimized.id
    origin_request_policy_id   = var.site == null ? data.aws_cloudfront_origin_request_policy.all.id : null
    response_headers_policy_id = aws_cloudfront_response_headers_policy.security.id

    dynamic "function_association" {
      for_each = aws_cloudfront_function.single_page

      content {
        event_type   = "viewer-request"
        function_arn = function_association.value.arn
      }
    }
  }

  # CloudFront takes the first pattern that fits, so the more exact ones come first.
  dynamic "ordered_cache_behavior" {
    for_each = var.site == null ? [] : var.service_paths

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = "services"
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = local.every_method
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = data.aws_cloudfront_cache_policy.disabled.id
      origin_request_policy_id   = data.aws_cloudfront_origin_request_policy.all.id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.security.id
    }
  }

  # Countries are the firewall's: it says which request it refused, and why.
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = one(aws_acm_certificate_validation.this[*].certificate_arn)
    ssl_support_method             = var.domain == null ? null : "sni-only"
    minimum_protocol_version       = var.domain == null ? null : "TLSv1.2_2021"
  }
}

locals {
  every_method = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
}

# --- the domain

# CloudFront takes certificates of us-east-1 only.
resource "aws_acm_certificate" "this" {
  provider = aws.us_east_1
  count    = var.domain == null ? 0 : 1

  domain_name       = var.domain.name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# The load balancer's certificate is of the same name, and ACM asks for the same record in every region of an account.
resource "aws_route53_record" "validation" {
  count = var.domain == null ? 0 : 1

  zone_id         = var.domain.zone_id
  name            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.this[0].domain_validation_options).resource_record_value]
  ttl             = 60 # as there
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  provider = aws.us_east_1
  count    = var.domain == null ? 0 : 1

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.validation[0].fqdn]
}

resource "aws_route53_record" "alias" {
  for_each = var.domain == null ? toset([]) : toset(["A", "AAAA"])

  zone_id = var.domain.zone_id
  name    = var.domain.name
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}

# --- access logs: CloudFront's standard logging, version 2

# Its API answers for CloudFront in us-east-1 only; the bucket may be in any region. One source per distribution.
resource "aws_cloudwatch_log_delivery_source" "this" {
  provider = aws.us_east_1
  count    = var.logs == null ? 0 : 1

  name         = var.names.log_delivery
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  provider = aws.us_east_1
  count    = var.logs == null ? 0 : 1

  name          = var.names.log_delivery
  output_format = "parquet"

  # Never a bucket alone: AWS would put AWSLogs/{account-id}/CloudFront before the suffix path when the delivery is
  # made, and leave it out when it is changed. Source: CloudFront, "Configure standard logging (v2)".
  delivery_destination_configuration {
    destination_resource_arn = "${var.logs.bucket_arn}/${var.logs.prefix}"
  }
}

resource "aws_cloudwatch_log_delivery" "this" {
  provider = aws.us_east_1
  count    = var.logs == null ? 0 : 1

  delivery_source_name     = aws_cloudwatch_log_delivery_source.this[0].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this[0].arn
  record_fields            = local.record_fields

  # PREFIX/2026/01/31, as the other logs have it.
  s3_delivery_configuration {
    suffix_path                 = "{yyyy}/{MM}/{dd}"
    enable_hive_compatible_path = false
  }
}

locals {
  # Not cs(Cookie), cs-uri-query and cs(Referer): sessions, and codes and tokens in links, are nobody's to read.
  # The module traffic has a table with a column for each.
  record_fields = [
    "date",
    "time",
    "timestamp(ms)",
    "c-ip",
    "c-country",
    "asn",
    "cs-method",
    "cs-protocol",
    "cs-protocol-version",
    "x-host-header",
    "cs-uri-stem",
    "cs(User-Agent)",
    "cs-bytes",
    "sc-status",
    "sc-bytes",
    "sc-content-type",
    "time-taken",
    "time-to-first-byte",
    "origin-fbl",
    "origin-lbl",
    "x-edge-location",
    "x-edge-request-id",
    "x-edge-result-type",
    "x-edge-detailed-result-type",
    "ssl-protocol",
    "cache-behavior-path-pattern",
  ]
}
