"""Alarms that Terraform has made stay as they are: a second plan is empty."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.contract.infra.conftest import PlainTerraform
from tests.seatrial.contract.conftest import REGION, RunningAws

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

ROOT = """
terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
provider "aws" {
  region                      = "%(region)s"
  access_key                  = "%(access_key)s"
  secret_key                  = "%(secret_key)s"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = false
  endpoints {
    cloudwatch = "%(endpoint)s"
    sns        = "%(endpoint)s"
    sts        = "%(endpoint)s"
    iam        = "%(endpoint)s"
  }
  default_tags { tags = { app = "story" } }
}
resource "aws_sns_topic" "pages" { name = "story-pages" }

resource "aws_cloudwatch_metric_alarm" "plain" {
  alarm_name          = "story-cpu"
  alarm_description   = "CPU <b>&</b> \\"memory\\""
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = { ClusterName = "story", ServiceName = "web" }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 80.5
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.pages.arn]
  ok_actions          = [aws_sns_topic.pages.arn]
  tags                = { part = "web" }
}

resource "aws_cloudwatch_metric_alarm" "percentile" {
  alarm_name                            = "story-latency"
  namespace                             = "AWS/ApplicationELB"
  metric_name                           = "TargetResponseTime"
  extended_statistic                    = "p99"
  period                                = 60
  evaluation_periods                    = 5
  threshold                             = 1
  comparison_operator                   = "GreaterThanOrEqualToThreshold"
  evaluate_low_sample_count_percentiles = "ignore"
  unit                                  = "Seconds"
  actions_enabled                       = false
}

resource "aws_cloudwatch_metric_alarm" "math" {
  alarm_name          = "story-errors"
  evaluation_periods  = 2
  threshold           = 5
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = [aws_sns_topic.pages.arn]
  metric_query {
    id          = "rate"
    expression  = "100 * errors / FILL(requests, 1)"
    label       = "Errors"
    return_data = true
  }
  dynamic "metric_query" {
    for_each = { errors = "HTTPCode_Target_5XX_Count", requests = "RequestCount" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        period      = 60
        stat        = "Sum"
        unit        = "Count"
        dimensions  = { LoadBalancer = "app/story/1" }
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "both" {
  alarm_name        = "story-both"
  alarm_description = "Both"
  alarm_rule = join(" AND NOT ", [
    "ALARM(\\"${aws_cloudwatch_metric_alarm.plain.alarm_name}\\")", "OK(${aws_cloudwatch_metric_alarm.math.arn})",
  ])
  alarm_actions = [aws_sns_topic.pages.arn]
  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.percentile.alarm_name
    wait_period      = 60
    extension_period = 30
  }
  tags = { part = "web" }
}
"""


def test_a_second_plan_of_alarms_is_empty(local_aws: RunningAws, terraform: PlainTerraform, tmp_path: Path) -> None:
    given = {"region": REGION, "endpoint": local_aws.endpoint, **asdict(local_aws.keys)}
    (tmp_path / "main.tf").write_text(ROOT % given)
    for words in (("init", "-no-color"), ("apply", "-auto-approve", "-no-color")):
        done = terraform.run(tmp_path, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    plan = terraform.run(tmp_path, "plan", "-detailed-exitcode", "-no-color")
    assert plan.returncode == 0, plan.stdout + plan.stderr
    state = json.loads(terraform.run(tmp_path, "show", "-json").stdout)
    assert len(state["values"]["root_module"]["resources"]) == 5
    gone = terraform.run(tmp_path, "destroy", "-auto-approve", "-no-color")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    answer = local_aws.client("cloudwatch").describe_alarms(
        AlarmNamePrefix="story-", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    assert answer["MetricAlarms"] == answer["CompositeAlarms"] == []
