resource "aws_athena_workgroup" "this" {
  name          = var.names.workgroup
  description   = "Queries on requests and responses"
  force_destroy = var.force_destroy

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true

    # 10 GiB, about five cents: a query that forgets to name its days ends here.
    bytes_scanned_cutoff_per_query = 10737418240

    result_configuration {
      output_location = local.results

      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}

locals {
  queries = merge(
    {
      "requests-by-country" = <<-SQL
        -- Requests, traffic and errors by country, last seven days
        SELECT
          c_country AS country,
          count(*) AS requests,
          sum(try_cast(sc_bytes AS bigint)) AS bytes,
          count_if(sc_status LIKE '4%') AS client_errors,
          count_if(sc_status LIKE '5%') AS server_errors,
          round(100.0 * count_if(sc_status LIKE '5%') / count(*), 2) AS server_errors_percent
        FROM edge
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
        GROUP BY c_country
        ORDER BY requests DESC
      SQL

      "requests-by-hour" = <<-SQL
        -- Requests, traffic, errors and response times by hour (UTC), last two days
        SELECT
          concat("date", ' ', substr("time", 1, 2)) AS hour,
          count(*) AS requests,
          sum(try_cast(sc_bytes AS bigint)) AS bytes,
          count_if(sc_status LIKE '4%') AS client_errors,
          count_if(sc_status LIKE '5%') AS server_errors,
          approx_percentile(try_cast(time_taken AS double), 0.5) AS seconds_median,
          approx_percentile(try_cast(time_taken AS double), 0.95) AS seconds_p95
        FROM edge
        WHERE day >= date_format(current_date - interval '2' day, '%Y/%m/%d')
        GROUP BY concat("date", ' ', substr("time", 1, 2))
        ORDER BY hour
      SQL

      "errors-by-path" = <<-SQL
        -- Paths with error responses, from CloudFront or from the origin, last seven days
        SELECT
          cs_uri_stem AS path,
          sc_status AS status,
          x_edge_detailed_result_type AS result,
          count(*) AS requests,
          count(DISTINCT c_ip) AS addresses
        FROM edge
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
          AND (sc_status LIKE '4%' OR sc_status LIKE '5%')
        GROUP BY cs_uri_stem, sc_status, x_edge_detailed_result_type
        ORDER BY requests DESC
        LIMIT 100
      SQL

      "busiest-addresses" = <<-SQL
        -- Clients with the most requests, last day
        SELECT
          c_ip AS address,
          c_country AS country,
          asn,
          count(*) AS requests,
          count_if(sc_status LIKE '4%') AS client_errors,
          max(cs_user_agent) AS a_user_agent
        FROM edge
        WHERE day >= date_format(current_date - interval '1' day, '%Y/%m/%d')
        GROUP BY c_ip, c_country, asn
        ORDER BY requests DESC
        LIMIT 100
      SQL

      "services-by-status" = <<-SQL
        -- Responses and response times of the services, last seven days; a dash is a target that did not respond
        SELECT
          target_group_arn,
          elb_status_code,
          target_status_code,
          count(*) AS requests,
          approx_percentile(target_processing_time, 0.95) AS seconds_p95
        FROM load_balancer
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
        GROUP BY target_group_arn, elb_status_code, target_status_code
        ORDER BY requests DESC
      SQL
    },
    length(var.web_acls) == 0 ? {} : {
      "blocked-by-rule" = <<-SQL
        -- Requests blocked by the firewall, by rule and country, last seven days
        SELECT
          terminatingruleid AS rule,
          httprequest.country AS country,
          count(*) AS requests,
          count(DISTINCT httprequest.clientip) AS addresses
        FROM firewall
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
          AND action = 'BLOCK'
        GROUP BY terminatingruleid, httprequest.country
        ORDER BY requests DESC
        LIMIT 100
      SQL

      "found-by-label" = <<-SQL
        -- Requests matched by rules, blocked or counted, last seven days: check them before setting mode to block
        SELECT
          label,
          action,
          httprequest.uri AS path,
          count(*) AS requests,
          count(DISTINCT httprequest.clientip) AS addresses
        FROM firewall
        CROSS JOIN UNNEST(transform(labels, found -> found.name)) AS labelled (label)
        WHERE day >= date_format(current_date - interval '7' day, '%Y/%m/%d')
          AND label LIKE 'awswaf:managed:aws:%'
        GROUP BY label, action, httprequest.uri
        ORDER BY requests DESC
        LIMIT 100
      SQL
    },
  )
}

resource "aws_athena_named_query" "this" {
  for_each = local.queries

  name        = each.key
  description = trimprefix(split("\n", each.value)[0], "-- ")
  workgroup   = aws_athena_workgroup.this.id
  database    = aws_glue_catalog_database.this.name
  query       = each.value
}
