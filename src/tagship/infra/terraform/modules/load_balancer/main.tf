# Internal: it has no public address, and stands in the private subnets. CloudFront reaches it through a VPC origin,
# and of whatever else is in the VPC nothing does. Its way to each service is added by the module service,
# so the load balancer reaches the tasks of its services and nothing else.

locals {
  port = var.domain == null ? 80 : 443
}

# What a VPC origin sends comes from these addresses (CloudFront developer guide, "Restrict access with VPC origins").
# The group that CloudFront makes for its VPC origins would be narrower, but there is none before the first origin is,
# and that wants a load balancer. No stranger's distribution gets here: a VPC origin belongs to this account.
# The list counts as 55 rules of the 60 that a security group may have: nothing else can go into this group's ingress.
data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_security_group" "this" {
  name        = var.security_group_name
  description = "Load balancer: inbound from CloudFront only, outbound to its services"
  vpc_id      = var.vpc_id

  tags = { Name = var.security_group_name }
}

resource "aws_vpc_security_group_ingress_rule" "from_cloudfront" {
  security_group_id = aws_security_group.this.id
  description       = "Requests from CloudFront"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = local.port
  to_port           = local.port
}

# The load balancer itself fetches tokens and names from Cognito, whose public addresses are in no list. An internal
# one goes through the NAT gateway (ELB user guide, "Authenticate users using an Application Load Balancer").
resource "aws_vpc_security_group_egress_rule" "to_cognito" {
  count = var.sign_in ? 1 : 0

  security_group_id = aws_security_group.this.id
  description       = "Endpoints of Cognito, for sign-in"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = true
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  dynamic "access_logs" {
    for_each = var.access_logs == null ? [] : [var.access_logs]

    content {
      bucket  = access_logs.value.bucket
      prefix  = access_logs.value.prefix
      enabled = true
    }
  }
}

# One listener either way: an environment that gets a domain keeps it, and its rules with it.
resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = local.port
  protocol          = var.domain == null ? "HTTP" : "HTTPS"
  ssl_policy        = var.domain == null ? null : "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = one(aws_acm_certificate_validation.this[*].certificate_arn)

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "Not found"
      status_code  = "404"
    }
  }
}

# --- with a domain: a certificate of the name that CloudFront passes on as Host

resource "aws_acm_certificate" "this" {
  count = var.domain == null ? 0 : 1

  domain_name       = var.domain.name
  validation_method = "DNS"

  # A listener's certificate cannot be deleted: a new one takes its place first.
  lifecycle {
    create_before_destroy = true
  }
}

# ACM asks for the same record for every certificate of one name in one account, whatever its region (ACM user guide,
# "DNS validation"). CloudFront's certificate, in us-east-1, has it too: whoever comes second finds it.
resource "aws_route53_record" "validation" {
  count = var.domain == null ? 0 : 1

  zone_id         = var.domain.zone_id
  name            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.this[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.this[0].domain_validation_options).resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  count = var.domain == null ? 0 : 1

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.validation[0].fqdn]
}
