# The front door: CloudFront before an internal load balancer, by a VPC origin.

resource "aws_security_group" "inside" {
  name        = "${local.name}-inside"
  description = "The internal load balancer"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "inside" {
  security_group_id = aws_security_group.inside.id
  description       = "CloudFront"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

resource "aws_lb" "inside" {
  name            = "${local.name}-inside"
  internal        = true
  subnets         = values(aws_subnet.private)[*].id
  security_groups = [aws_security_group.inside.id]

  access_logs {
    bucket  = aws_s3_bucket.logs.bucket
    prefix  = "lb"
    enabled = true
  }

  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_lb_listener" "inside" {
  load_balancer_arn = aws_lb.inside.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Not found"
      status_code  = "404"
    }
  }
}

resource "aws_cloudfront_vpc_origin" "inside" {
  vpc_origin_endpoint_config {
    name                   = "${local.name}-inside"
    arn                    = aws_lb.inside.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

data "aws_route53_zone" "this" {
  name         = aws_route53_zone.this.name
  private_zone = false
}

resource "aws_acm_certificate" "front_door" {
  provider = aws.us_east_1

  domain_name       = "shop.${local.name}.example"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "front_door_validation" {
  zone_id         = data.aws_route53_zone.this.zone_id
  name            = one(aws_acm_certificate.front_door.domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.front_door.domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.front_door.domain_validation_options).resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "front_door" {
  provider = aws.us_east_1

  certificate_arn         = aws_acm_certificate.front_door.arn
  validation_record_fqdns = [aws_route53_record.front_door_validation.fqdn]
}

resource "aws_cloudfront_distribution" "front_door" {
  enabled             = true
  is_ipv6_enabled     = true
  comment             = "${local.name}: the services"
  aliases             = ["shop.${local.name}.example"]
  web_acl_id          = aws_wafv2_web_acl.edge.arn
  wait_for_deployment = true

  origin {
    origin_id   = "services"
    domain_name = aws_lb.inside.dns_name

    vpc_origin_config {
      vpc_origin_id            = aws_cloudfront_vpc_origin.inside.id
      origin_read_timeout      = 60
      origin_keepalive_timeout = 30
    }
  }

  default_cache_behavior {
    target_origin_id           = "services"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = data.aws_cloudfront_cache_policy.disabled.id
    origin_request_policy_id   = data.aws_cloudfront_origin_request_policy.all.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.front_door.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_route53_record" "front_door" {
  for_each = toset(["A", "AAAA"])

  zone_id = data.aws_route53_zone.this.zone_id
  name    = "shop.${local.name}.example"
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.front_door.domain_name
    zone_id                = aws_cloudfront_distribution.front_door.hosted_zone_id
    evaluate_target_health = false
  }
}

# The load balancer's own client: by CloudFormation, so that its secret is in no state.
resource "aws_cloudformation_stack" "sign_in" {
  name       = "${local.name}-sign-in"
  parameters = { UserPool = aws_cognito_user_pool.this.id }

  template_body = jsonencode({
    Parameters = { UserPool = { Type = "String" } }
    Resources = {
      Client = {
        Type = "AWS::Cognito::UserPoolClient"
        Properties = {
          UserPoolId                      = { Ref = "UserPool" }
          GenerateSecret                  = true
          AllowedOAuthFlows               = ["code"]
          AllowedOAuthFlowsUserPoolClient = true
          AllowedOAuthScopes              = ["openid"]
          SupportedIdentityProviders      = ["COGNITO"]
          CallbackURLs                    = ["https://shop.${local.name}.example/oauth2/idpresponse"]
        }
      }
    }
    Outputs = { ClientId = { Value = { Ref = "Client" } } }
  })
}
