mock_provider "aws" {
  mock_resource "aws_wafv2_ip_set" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/ipset/notes-staging/1" }
  }

  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/notes-staging/1" }
  }
}

variables {
  name  = "notes-staging"
  scope = "CLOUDFRONT"
}

run "the_least_counts_what_it_finds_and_stops_who_asks_too_much" {
  command = plan

  module {
    source = "./modules/firewall"
  }

  assert {
    condition = {
      for rule in aws_wafv2_web_acl.this.rule : rule.name => {
        priority  = rule.priority
        counts    = length(try(one(rule.override_action).count, []))
        rate      = try([for rate in one(rule.statement).rate_based_statement : [rate.limit, rate.evaluation_window_sec, rate.aggregate_key_type]], [])
        answer    = try(one(one(one(rule.action).block).custom_response).response_code, null)
        overrides = try(length(one(one(rule.statement).managed_rule_group_statement).rule_action_override), 0)
      }
      } == {
      rate                                  = { priority = 10, counts = 0, rate = [[2000, 300, "IP"]], answer = 429, overrides = 0 }
      AWSManagedRulesAmazonIpReputationList = { priority = 20, counts = 1, rate = [], answer = null, overrides = 0 }
      AWSManagedRulesKnownBadInputsRuleSet  = { priority = 30, counts = 1, rate = [], answer = null, overrides = 0 }
      AWSManagedRulesCommonRuleSet          = { priority = 40, counts = 1, rate = [], answer = null, overrides = 0 }
      AWSManagedRulesSQLiRuleSet            = { priority = 60, counts = 1, rate = [], answer = null, overrides = 0 }
    }
    error_message = "What AWS's own rules find is only counted; who sends more than 2000 requests in five minutes is blocked, in every mode."
  }

  assert {
    condition     = length(one(aws_wafv2_web_acl.this.default_action).allow) == 1 && length(aws_wafv2_ip_set.allowed) == 0 && length(aws_wafv2_web_acl_association.this) == 0
    error_message = "What no rule stops is let in; a distribution names its web ACL itself."
  }
}

run "everything_that_can_be_chosen" {
  command = plan

  module {
    source = "./modules/firewall"
  }

  variables {
    mode            = "block"
    rate_limit      = 500
    countries       = { allow = ["DE", "KR"], block = ["XK"] }
    allow_addresses = ["192.0.2.0/24", "2001:db8::/48"]
    large_bodies    = ["/api/upload/*", "/v1.0/file?/$x+y"]
    logs            = { destination_arn = "arn:aws:s3:::aws-waf-logs-notes-staging" }
  }

  assert {
    condition = {
      for rule in aws_wafv2_web_acl.this.rule : rule.name => {
        priority  = rule.priority
        blocks    = length(try(one(rule.override_action).none, [])) + length(try(one(rule.action).block, []))
        countries = try(one(one(rule.statement).geo_match_statement).country_codes, one(one(one(one(rule.statement).not_statement).statement).geo_match_statement).country_codes, tolist([]))
        limit     = try(one(one(rule.statement).rate_based_statement).limit, 0)
        counts    = try([for override in one(one(rule.statement).managed_rule_group_statement).rule_action_override : override.name if length(one(override.action_to_use).count) == 1], [])
        scoped    = try(length(one(one(rule.statement).managed_rule_group_statement).scope_down_statement), 0)
        label     = try(one(one(one(rule.statement).and_statement).statement[0].label_match_statement).key, "")
        path      = try([for match in one(one(one(one(rule.statement).and_statement).statement[1].not_statement).statement).regex_match_statement : [match.regex_string, length(one(match.field_to_match).uri_path)]], [])
      }
      } == {
      allowed-ipv4                          = { priority = 0, blocks = 0, countries = tolist([]), limit = 0, counts = [], scoped = 0, label = "", path = [] }
      allowed-ipv6                          = { priority = 1, blocks = 0, countries = tolist([]), limit = 0, counts = [], scoped = 0, label = "", path = [] }
      countries-not-allowed                 = { priority = 5, blocks = 1, countries = tolist(["DE", "KR"]), limit = 0, counts = [], scoped = 0, label = "", path = [] }
      countries-blocked                     = { priority = 6, blocks = 1, countries = tolist(["XK"]), limit = 0, counts = [], scoped = 0, label = "", path = [] }
      rate                                  = { priority = 10, blocks = 1, countries = tolist([]), limit = 500, counts = [], scoped = 0, label = "", path = [] }
      AWSManagedRulesAmazonIpReputationList = { priority = 20, blocks = 1, countries = tolist([]), limit = 0, counts = [], scoped = 0, label = "", path = [] }
      AWSManagedRulesKnownBadInputsRuleSet  = { priority = 30, blocks = 1, countries = tolist([]), limit = 0, counts = [], scoped = 0, label = "", path = [] }
      AWSManagedRulesCommonRuleSet          = { priority = 40, blocks = 1, countries = tolist([]), limit = 0, counts = ["SizeRestrictions_BODY"], scoped = 0, label = "", path = [] }
      large-bodies                          = { priority = 50, blocks = 1, countries = tolist([]), limit = 0, counts = [], scoped = 0, label = "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body", path = [["^/api/upload/.*$|^/v1\\.0/file./\\$x\\+y$", 1]] }
      AWSManagedRulesSQLiRuleSet            = { priority = 60, blocks = 1, countries = tolist([]), limit = 0, counts = [], scoped = 0, label = "", path = [] }
    }
    error_message = "No priority may move when a rule comes; of the common rules the size of bodies alone is counted, and blocked afterwards where the path is none of those."
  }

  assert {
    condition = {
      for path in ["/api/upload/", "/api/upload/a/b.png", "/v1.0/file7/$x+y", "/api/upload", "/x/api/upload/a", "/v1x0/file7/$x+y", "/v1.0/file7/$xxy", "/v1.0/file7/$x+yz"] :
      path => can(regex(local.large_bodies, path))
      } == {
      "/api/upload/"        = true
      "/api/upload/a/b.png" = true
      "/v1.0/file7/$x+y"    = true
      "/api/upload"         = false
      "/x/api/upload/a"     = false
      "/v1x0/file7/$x+y"    = false
      "/v1.0/file7/$xxy"    = false
      "/v1.0/file7/$x+yz"   = false
    }
    error_message = "The expression must fit what the patterns fit, and nothing else: only * and ? are wildcards, and a pattern is a whole path."
  }

  assert {
    condition     = aws_wafv2_ip_set.allowed["IPV4"].addresses == toset(["192.0.2.0/24"]) && aws_wafv2_ip_set.allowed["IPV6"].addresses == toset(["2001:db8::/48"])
    error_message = "Each version of addresses has a set of its own."
  }

  assert {
    condition = toset(flatten([
      for redacted in aws_wafv2_web_acl_logging_configuration.this[0].redacted_fields : [
        [for header in redacted.single_header : header.name],
        [for query in redacted.query_string : "?"],
      ]
    ])) == toset(["authorization", "cookie", "referer", "?"])
    error_message = "Credentials and what links carry must not be logged."
  }

  assert {
    condition = flatten([
      for protection in one(aws_wafv2_web_acl.this.data_protection_config).data_protection : [for field in protection.field : coalesce(field.field_keys, [field.field_type])]
    ]) == ["authorization", "cookie", "referer", "QUERY_STRING"]
    error_message = "Nor must samples show them."
  }

  assert {
    condition     = aws_wafv2_web_acl_logging_configuration.this[0].log_destination_configs == toset(["arn:aws:s3:::aws-waf-logs-notes-staging"])
    error_message = "All that the firewall looked at is logged."
  }
}

run "before_the_load_balancer_only_contents_are_judged" {
  command = plan

  module {
    source = "./modules/firewall"
  }

  variables {
    scope           = "REGIONAL"
    countries       = { block = ["XK"] }
    allow_addresses = ["192.0.2.0/24"]
    large_bodies    = ["/upload/*"]
    resource_arn    = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/notes-staging/50dc6c495c0c9188"
  }

  assert {
    condition = {
      for rule in aws_wafv2_web_acl.this.rule : rule.name => {
        address = try(one(one(one(rule.statement).ip_set_reference_statement).ip_set_forwarded_ip_config).position, "")
        counts  = length(try(one(rule.override_action).count, [])) + length(try(one(rule.action).count, []))
      }
      } == {
      allowed-ipv4                         = { address = "LAST", counts = 0 }
      AWSManagedRulesKnownBadInputsRuleSet = { address = "", counts = 1 }
      AWSManagedRulesCommonRuleSet         = { address = "", counts = 1 }
      large-bodies                         = { address = "", counts = 1 }
      AWSManagedRulesSQLiRuleSet           = { address = "", counts = 1 }
    }
    error_message = "Everybody comes with CloudFront's address, so who asks from where is judged at the edge; of the forwarded addresses only the one counts that CloudFront wrote down."
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this[0].resource_arn == var.resource_arn && aws_wafv2_web_acl.this.scope == "REGIONAL" && length(aws_wafv2_web_acl_logging_configuration.this) == 0
    error_message = "The web ACL stands before the load balancer."
  }
}

run "what_aws_would_refuse_is_refused_before" {
  command = plan

  module {
    source = "./modules/firewall"
  }

  variables {
    name            = "notes.staging"
    scope           = "REGIONAL"
    mode            = "allow"
    rate_limit      = 9
    countries       = { allow = ["de"] }
    allow_addresses = ["0.0.0.0/0"]
    large_bodies    = ["upload"]
  }

  expect_failures = [var.name, var.mode, var.rate_limit, var.countries, var.allow_addresses, var.large_bodies, var.resource_arn]
}

run "what_contradicts_itself_is_refused" {
  command = plan

  module {
    source = "./modules/firewall"
  }

  variables {
    countries       = { allow = ["DE"], block = ["DE"] }
    allow_addresses = ["192.0.2.1"]
    large_bodies    = [for number in range(20) : "/a-long-path/${number}/*"]
    resource_arn    = "arn"
  }

  expect_failures = [var.countries, var.allow_addresses, var.large_bodies, var.resource_arn]
}

run "an_unknown_scope_is_refused" {
  command = plan

  module {
    source = "./modules/firewall"
  }

  variables {
    scope = "GLOBAL"
  }

  expect_failures = [var.scope]
}
