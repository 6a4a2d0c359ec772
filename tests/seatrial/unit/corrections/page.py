"""Renders the corrections' docstrings as ``docs/seatrial/conformance.md``; run it to write the page again."""

import re
from collections.abc import Callable, Iterator
from inspect import getdoc
from pathlib import Path
from typing import Any

from seatrial.ministack.corrections.catalogue import ADDITIONS, CORRECTIONS

PAGE = Path(__file__).parents[4] / "docs/seatrial/conformance.md"
TEMPLATE = Path(__file__).with_name("page.md")
SERVICES = {
    "cloudfront": "CloudFront",
    "cloudtrail": "CloudTrail",
    "cognito": "Cognito",
    "cognito_discovery": "Cognito",
    "cognito_tokens": "Cognito",
    "ec2": "EC2",
    "ecr": "ECR",
    "elb": "Elastic Load Balancing",
    "escaping": "Every service that answers XML",
    "firehose": "Data Firehose",
    "functions": "Lambda",
    "iam": "IAM",
    "images": "Amazon Linux images",
    "logs": "CloudWatch Logs",
    "rds": "RDS",
    "rds_data": "RDS Data API",
    "route53": "Route 53",
    "secrets": "Secrets Manager",
    "ssm": "Systems Manager",
    "unknown": "Every service",
    "waf": "WAF",
}


def page() -> str:
    """The whole page."""
    chapters: dict[str, list[str]] = {}
    for make in (*CORRECTIONS, *ADDITIONS):
        chapters.setdefault(_service(make), []).append(_entry(make))
    told = "".join(f"\n## {name}\n\n{''.join(entries)}" for name, entries in sorted(chapters.items()))
    return TEMPLATE.read_text(encoding="utf-8").replace("{corrections}", told)


def parts(make: Callable[..., Any]) -> tuple[str, str]:
    """The claim and the reason of a correction, in Markdown."""
    claim, _, reason = (getdoc(make) or "").replace("``", "`").partition("\n\n")
    return " ".join(claim.split()), " ".join(reason.split())


def _service(make: Callable[..., Any]) -> str:
    return SERVICES[make.__module__.removeprefix("seatrial.ministack.corrections.").partition(".")[0]]


def _entry(make: Callable[..., Any]) -> str:
    claim, reason = parts(make)
    return f"- **{claim}**\n" + "".join(f"  {sentence}\n" for sentence in _sentences(reason))


def _sentences(text: str) -> Iterator[str]:
    """A line for each; a full stop within brackets or quotes ends none."""
    yield from re.split(r"(?<=[\w`)]\.) (?=[A-Z])", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
