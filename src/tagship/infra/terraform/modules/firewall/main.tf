# One web ACL, before CloudFront (made in us-east-1) or before the load balancer.
#
# Everybody comes through CloudFront, so the load balancer sees CloudFront's addresses only. Rules about who asks from
# where (rate, countries, reputation) therefore stand before CloudFront alone: X-Forwarded-For begins with whatever the
# visitor wrote, so at the load balancer they could be evaded, and would refuse whoever comes from behind a proxy.
#
# Capacity: 25 reputation + 200 known bad inputs + 700 common + 200 SQL injection = 1,125 units of the managed groups
# (AWS Managed Rules, "Baseline", "Use-case specific" and "IP reputation rule groups"), and for our own rules at most
# 2 addresses + 2 countries + 2 rate + 1 label + 4 pattern + 20 its two transformations = 31 ("Using match rule
# statements", "Regex match rule statement"). 1,156 of the 1,500 that are in the basic price.

locals {
  at_the_edge = var.scope == "CLOUDFRONT"

  addresses = {
    IPV4 = [for cidr in var.allow_addresses : cidr if !strcontains(cidr, ":")]
    IPV6 = [for cidr in var.allow_addresses : cidr if strcontains(cidr, ":")]
  }

  # A pattern is a whole path: * is any text, ? any one character, all else stands for itself. WAF knows no capturing
  # groups, so each alternative has its own anchors. Source: WAF, "Regex match rule statement".
  large_bodies = join("|", [
    for pattern in var.large_bodies :
    "^${replace(replace(replace(pattern, "/[.+$]/", "\\$0"), "*", ".*"), "?", ".")}$"
  ])

  # Here and not where it is asked, because tools that are not Terraform cannot read quotes within quotes.
  path = "^/[A-Za-z0-9_.$/~\"'@:+&*?-]*$"

  # Whoever reads logs or samples shall not be able to sign in with them: credentials, and what links carry.
  secret_headers = ["authorization", "cookie", "referer"]

  # Priorities stay what they are when another rule comes or goes.
  managed = {
    for name, priority in {
      AWSManagedRulesAmazonIpReputationList = 20
      AWSManagedRulesKnownBadInputsRuleSet  = 30
      AWSManagedRulesCommonRuleSet          = 40
      AWSManagedRulesSQLiRuleSet            = 60
    } : name => priority if local.at_the_edge || name != "AWSManagedRulesAmazonIpReputationList"
  }
}

resource "aws_wafv2_ip_set" "allowed" {
  for_each = { for version, addresses in local.addresses : version => addresses if length(addresses) > 0 }

  name               = "${var.name}-${lower(each.key)}"
  description        = "Addresses that bypass all rules"
  scope              = var.scope
  ip_address_version = each.key
  addresses          = each.value
}

resource "aws_wafv2_web_acl" "this" {
  name        = var.name
  description = local.at_the_edge ? "Before CloudFront" : "Before the load balancer"
  scope       = var.scope

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = aws_wafv2_ip_set.allowed

    content {
      name     = "allowed-${lower(rule.key)}"
      priority = rule.key == "IPV4" ? 0 : 1

      action {
        allow {}
      }

      statement {
        ip_set_reference_statement {
          arn = rule.value.arn

          # The last address is the one that CloudFront saw; what stands before it a visitor may have written.
          dynamic "ip_set_forwarded_ip_config" {
            for_each = local.at_the_edge ? [] : ["X-Forwarded-For"]

            content {
              header_name       = ip_set_forwarded_ip_config.value
              position          = "LAST"
              fallback_behavior = "NO_MATCH"
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "allowed-${lower(rule.key)}"
        sampled_requests_enabled   = true
      }
    }
  }

  dynamic "rule" {
    for_each = local.at_the_edge && length(var.countries.allow) > 0 ? [var.countries.allow] : []

    content {
      name     = "countries-not-allowed"
      priority = 5

      action {
        block {}
      }

      statement {
        not_statement {
          statement {
            geo_match_statement {
              country_codes = rule.value
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "countries-not-allowed"
        sampled_requests_enabled   = true
      }
    }
  }

  dynamic "rule" {
    for_each = local.at_the_edge && length(var.countries.block) > 0 ? [var.countries.block] : []

    content {
      name     = "countries-blocked"
      priority = 6

      action {
        block {}
      }

      statement {
        geo_match_statement {
          country_codes = rule.value
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "countries-blocked"
        sampled_requests_enabled   = true
      }
    }
  }

  dynamic "rule" {
    for_each = local.at_the_edge ? [var.rate_limit] : []

    content {
      name     = "rate"
      priority = 10

      action {
        block {
          custom_response {
            response_code = 429
          }
        }
      }

      statement {
        rate_based_statement {
          limit                 = rule.value
          evaluation_window_sec = 300
          aggregate_key_type    = "IP"
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "rate"
        sampled_requests_enabled   = true
      }
    }
  }

  dynamic "rule" {
    for_each = local.managed

    content {
      name     = rule.key
      priority = rule.value

      override_action {
        dynamic "count" {
          for_each = var.mode == "count" ? [true] : []
          content {}
        }

        dynamic "none" {
          for_each = var.mode == "block" ? [true] : []
          content {}
        }
      }

      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"

          # Counted, so that it still labels what it finds; the next rule blocks that everywhere but on these paths.
          # A scope-down statement would take the whole group off these paths, and the other rules read bodies too.
          dynamic "rule_action_override" {
            for_each = rule.key == "AWSManagedRulesCommonRuleSet" && length(var.large_bodies) > 0 ? ["SizeRestrictions_BODY"] : []

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }

  dynamic "rule" {
    for_each = length(var.large_bodies) > 0 ? [local.large_bodies] : []

    content {
      name     = "large-bodies"
      priority = 50

      action {
        dynamic "count" {
          for_each = var.mode == "count" ? [true] : []
          content {}
        }

        dynamic "block" {
          for_each = var.mode == "block" ? [true] : []
          content {}
        }
      }

      statement {
        and_statement {
          statement {
            label_match_statement {
              scope = "LABEL"
              key   = "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body"
            }
          }

          statement {
            not_statement {
              statement {
                regex_match_statement {
                  regex_string = rule.value

                  field_to_match {
                    uri_path {}
                  }

                  # What the service will understand: /api/upload/../login is no upload.
                  text_transformation {
                    priority = 0
                    type     = "URL_DECODE"
                  }

                  text_transformation {
                    priority = 1
                    type     = "NORMALIZE_PATH"
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "large-bodies"
        sampled_requests_enabled   = true
      }
    }
  }

  # For the samples too, which the logging configuration knows nothing of.
  data_protection_config {
    data_protection {
      action = "SUBSTITUTION"

      field {
        field_type = "SINGLE_HEADER"
        field_keys = local.secret_headers
      }
    }

    data_protection {
      action = "SUBSTITUTION"

      field {
        field_type = "QUERY_STRING"
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = local.at_the_edge ? 0 : 1

  resource_arn = var.resource_arn
  web_acl_arn  = aws_wafv2_web_acl.this.arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  count = var.logs == null ? 0 : 1

  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [var.logs.destination_arn]

  dynamic "redacted_fields" {
    for_each = toset(local.secret_headers)

    content {
      single_header {
        name = redacted_fields.value
      }
    }
  }

  redacted_fields {
    query_string {}
  }
}
