"""What Terraform complains about, as one clear error. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tagship.base.errors import NotReady, ProgramFailed, Refused, StateLocked, TagshipError


class DestructionPrevented(Refused):
    """A plan would destroy what the modules protect (``prevent_destroy``)."""


_NO_CAUSE = ". last error: %!s(<nil>)"
"""What the provider ends with where a thing came up wrong and AWS named no error."""

_EVENTS = "aws rds describe-events --source-type db-instance --duration 60"


@dataclass(frozen=True)
class Diagnostic:
    """One complaint: what, in detail, and about which resource (empty where about none)."""

    severity: str
    summary: str
    detail: str
    address: str = ""


def error_of(diagnostics: Sequence[Diagnostic], *, doing: str, environment: str, now: datetime) -> TagshipError | None:
    """The error that these complaints amount to; None where none of them is one.

    Args:
        diagnostics: the diagnostics in the order in which Terraform told them.
        doing: what Terraform was doing: ``plan``, ``apply``, ``destroy``.
        environment: the environment's name, for the hint.
        now: the present time, to say for how long a lock has been held.
    """
    errors = list(dict.fromkeys(found for found in diagnostics if found.severity == "error"))
    if not errors:
        return None
    if locked := next((found for found in errors if "state lock" in found.summary), None):
        return _locked(locked, environment, now)
    if refused := [found for found in errors if found.summary == "Invalid value for variable"]:
        return _refused_values(refused)
    if prevented := [found for found in errors if found.summary == "Instance cannot be destroyed"]:
        return _prevented(prevented, environment)
    if wanting := _not_ready(errors, environment):
        return wanting
    sentences = "\n".join(f"  {_sentence(found)}" for found in errors)
    return ProgramFailed(
        f"Terraform could not {doing}:\n{sentences}", returncode=1, hint=_hint(errors, doing, environment)
    )


def _not_ready(errors: Sequence[Diagnostic], environment: str) -> NotReady | None:
    """What has to be done first, in the account or with Terraform's state."""
    if any(found.summary == "Moved resource instances excluded by targeting" for found in errors):
        return NotReady(
            "Some resources have another Terraform address in this version of tagship, and the state must be "
            "updated first.",
            hint=f"tagship infra apply --env {environment}",
        )
    said = "\n".join(f"{found.summary} {found.detail}" for found in errors)
    if "no matching Route 53 Hosted Zone" in said:
        return _no_zone(environment)
    if "must be verified before you can add new CloudFront resources" in said:
        return _not_verified(environment)
    return None


def _hint(errors: Sequence[Diagnostic], doing: str, environment: str) -> str | None:
    if doing == "plan":
        return None
    again = f"tagship infra {doing} --env {environment}"
    if doing == "destroy" and any("DependencyViolation" in found.detail for found in errors):
        # CloudFront developer guide, "Restrict access with VPC origins": a group that CloudFront makes, and takes away.
        return (
            "CloudFront deletes the security group of its VPC origin, `CloudFront-VPCOrigins-Service-SG`, some "
            f"minutes after the origin. Wait, then: {again}"
        )
    return f"Completed changes are kept. Fix the cause, then: {again}"


def _sentence(found: Diagnostic) -> str:
    about = f"`{found.address}`: " if found.address else ""
    detail = " ".join(_without_ids(found.detail).split())
    # The provider repeats itself: the summary is often the beginning of the detail.
    whole = detail if found.summary in detail else ": ".join(part for part in (found.summary, detail) if part)
    return (
        f"{about}{whole.replace(_NO_CAUSE, f'; RDS events show why: {_EVENTS}' if 'aws_rds_' in found.address else '')}"
    )


def _without_ids(text: str) -> str:
    """Without the SDK's request ids, which say nothing to a reader."""
    return re.sub(r"(, )?(RequestID|HostID|request id): [^,\s]*", "", text, flags=re.IGNORECASE)


def _refused_values(found: Sequence[Diagnostic]) -> NotReady:
    said = "\n".join(f"  {' '.join(_message(each.detail).split())}" for each in found)
    return NotReady(f"Terraform's modules do not accept the manifest:\n{said}", hint="Edit tagship.yaml.")


def _no_zone(environment: str) -> NotReady:
    return NotReady(
        f"The hosted zone in `environments.{environment}.domain.zone` is not in this account.",
        hint=(
            "Create it (aws route53 create-hosted-zone) and delegate the domain to it at your registrar, or name "
            "another."
        ),
    )


def _not_verified(environment: str) -> NotReady:
    """Public reports: aws-samples/aws-cdk-examples, issue 279."""
    return NotReady(
        "AWS has not verified this account yet, and creates no CloudFront distribution in it until then.",
        hint="Request verification at https://console.aws.amazon.com/support (account and billing, no fee), "
        f"quoting `Your account must be verified`; then: tagship infra apply --env {environment}",
    )


def _prevented(found: Sequence[Diagnostic], environment: str) -> DestructionPrevented:
    named = sorted({each.address or _resource(each.detail) for each in found})
    insist = " ".join(f"--allow-destroy '{name}'" for name in named)
    return DestructionPrevented(
        f"This plan destroys protected resources: {', '.join(f'`{name}`' for name in named)}.",
        hint=f"If you want this: tagship infra apply --env {environment} {insist}",
    )


def _resource(detail: str) -> str:
    """Terraform names the resource in the detail alone: "Resource module.auth.x has lifecycle.prevent_destroy set"."""
    found = re.search(r"Resource (\S+) has", " ".join(detail.split()))
    return found[1] if found else "a resource"


def _message(detail: str) -> str:
    """The module's own words, without "This was checked by the validation rule at …"."""
    return re.split(r"\s*This was checked by the validation rule at", detail)[0]


def _locked(found: Diagnostic, environment: str, now: datetime) -> StateLocked:
    who, since, lock = (_field(found.detail, name) for name in ("Who", "Created", "ID"))
    operation = _field(found.detail, "Operation").removeprefix("OperationType").lower()
    held = f" by {who}" if who else ""
    doing = f" ({operation})" if operation else ""
    moment = f" since {since[:19]} UTC{_for_how_long(since, now)}" if since else ""
    return StateLocked(
        f"The Terraform state of `{environment}` is locked{held}{doing}{moment}.",
        hint="Wait until that run has ended."
        + (f" If it will not come back: tagship infra unlock --env {environment} {lock}" if lock else ""),
    )


def _for_how_long(since: str, now: datetime) -> str:
    """``, for 3 hours``: whether somebody still works, or is gone, is easier seen from this than from a date."""
    try:
        passed = now - datetime.fromisoformat(since[:19].replace("T", " ")).replace(tzinfo=UTC)
    except ValueError:
        return ""
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if number := passed // length:
            return f", for {number} {unit}{'' if number == 1 else 's'}" if number > 0 else ""
    return ", for less than a minute" if passed >= timedelta() else ""


def _field(detail: str, name: str) -> str:
    found = re.search(rf"^\s*{name}:[ \t]*(\S.*)$", detail, flags=re.MULTILINE)
    return found[1].strip() if found else ""
