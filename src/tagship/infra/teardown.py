"""What a plan of destruction meets: what protects itself, and what Terraform will leave behind. Pure.

Read from ``terraform show -json`` of the plan; ``before`` is a resource as it stands.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

KEY: Final = "infra/destroying.json"
"""Where a destruction that was begun remembers what it will have to clean up, in the environment's bucket.

Once Terraform has deleted a cluster, no plan names it any more; whoever types the command again still needs its name.
"""

_PROTECTED: Final[Mapping[str, tuple[str, Any]]] = {
    "aws_cognito_user_pool": ("deletion_protection", "ACTIVE"),
    "aws_ecr_repository": ("force_delete", False),
    "aws_lb": ("enable_deletion_protection", True),
    "aws_rds_cluster": ("deletion_protection", True),
    "aws_s3_bucket": ("force_destroy", False),
}
"""By type of resource: the attribute that keeps it from being deleted, and the value that does."""

_LOG_GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "aws_ecs_cluster": ("/aws/ecs/containerinsights/{}/", "name"),
    "aws_lambda_function": ("/aws/lambda/{}", "function_name"),
    "aws_rds_cluster": ("/aws/rds/cluster/{}/", "cluster_identifier"),
}
"""By type of resource: the log groups that AWS makes for it by itself, and the attribute that names them.

Sources: the user guides of ECS (Container Insights), Lambda and Aurora. ``RDSOSMetrics``, of enhanced monitoring,
belongs to the whole account, and stays.
"""


@dataclass(frozen=True)
class Leftover:
    """What is left when Terraform has done its part.

    Args:
        log_groups: how the names begin of log groups that AWS has made by itself.
        secrets: ARNs of secrets that would keep their names for weeks.
        snapshots: last snapshots of databases; they stay, and are told.
    """

    log_groups: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()

    def __or__(self, other: "Leftover") -> "Leftover":
        """Both."""
        both = {
            field.name: tuple(dict.fromkeys((*getattr(self, field.name), *getattr(other, field.name))))
            for field in fields(Leftover)
        }
        return Leftover(**both)

    def to_json(self) -> bytes:
        """The document in the bucket."""
        return json.dumps({field.name: getattr(self, field.name) for field in fields(Leftover)}).encode()

    @classmethod
    def from_json(cls, document: bytes | None) -> "Leftover":
        """Read from the document in the bucket; None is "nothing was begun"."""
        said = json.loads(document) if document else {}
        return cls(**{field.name: tuple(said.get(field.name, ())) for field in fields(Leftover)})


@dataclass(frozen=True)
class Teardown:
    """What stands of what needs a hand before Terraform can take it away.

    Args:
        protected: addresses of what protects itself against deletion.
        clusters: identifiers of databases, whose readers may have been added by scaling.
        full: names of buckets that are not to be deleted with what lies in them.
        leftover: what Terraform will leave behind.
    """

    protected: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    leftover: Leftover = Leftover()


def teardown(document: Mapping[str, Any]) -> Teardown:
    """What the plan is about to take away, as it stands now."""
    taken = list(_taken(document))
    return Teardown(
        protected=tuple(each["address"] for each in taken if _is_protected(each)),
        clusters=tuple(_values(taken, "aws_rds_cluster", "cluster_identifier")),
        full=tuple(_values(filter(_is_protected, taken), "aws_s3_bucket", "bucket")),
        leftover=Leftover(
            log_groups=tuple(
                pattern.format(name)
                for kind, (pattern, attribute) in _LOG_GROUPS.items()
                for name in _values(taken, kind, attribute)
            ),
            secrets=tuple(_values(taken, "aws_secretsmanager_secret", "arn")),
            snapshots=tuple(_snapshots(taken)),
        ),
    )


def _taken(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in document.get("resource_changes", ()):
        if "delete" in each["change"]["actions"] and each["change"].get("before"):
            yield each


def _is_protected(change: Mapping[str, Any]) -> bool:
    if change["type"] not in _PROTECTED:
        return False
    attribute, value = _PROTECTED[change["type"]]
    # A repository or a bucket that was imported has no such attribute yet: as good as false.
    found = change["change"]["before"].get(attribute)
    return bool((False if found is None else found) == value)


def _values(changes: Iterable[Mapping[str, Any]], kind: str, attribute: str) -> Iterator[str]:
    for each in changes:
        if each["type"] == kind and each["change"]["before"].get(attribute):
            yield str(each["change"]["before"][attribute])


def _snapshots(changes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for each in changes:
        before = each["change"]["before"]
        if each["type"] == "aws_rds_cluster" and not before.get("skip_final_snapshot"):
            yield from filter(None, [before.get("final_snapshot_identifier")])
