"""Which resource, changed how, reaches tasks that run. Data and pure functions; ``live.py`` has the shapes.

Each rule has a name, which ``reach.py`` uses to say of each field of the manifest what it reaches.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from tagship.infra.live import Find, LiveChange, Question, Resource, Scene

_QUIET: Final = "Schedule it for low traffic: users are affected in any order."


@dataclass(frozen=True)
class Rule:
    """A rule that needs nothing but the resource.

    Args:
        name: the name as ``reach.py`` names it.
        where: what its address looks like, as a regular expression.
        when: whether this change of it is one.
        effect: what happens; ``{service}`` and ``{index}`` are filled in.
        safe: the order in which nothing breaks.
    """

    name: str
    where: str
    when: Callable[[Resource], bool]
    effect: str
    safe: str = _QUIET

    def __call__(self, resource: Resource, _: Scene) -> Iterator[LiveChange]:
        """The change, where it is one."""
        if re.match(self.where, resource.address) and self.when(resource):
            service = resource.index if self.name == "database-access" else resource.service
            effect = self.effect.format(service=service, index=resource.index)
            yield LiveChange(self.name, resource.address, service, effect, self.safe)


def _goes(resource: Resource) -> bool:
    return resource.goes


def _goes_or_differs(*attributes: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.goes or resource.differs(*attributes)


def _loses(*attributes: str) -> Callable[[Resource], bool]:
    """Whether a list has an entry no more, or all of it goes."""

    def loses(resource: Resource) -> bool:
        known = [name for name in attributes if not resource.unknown.get(name)]
        lost = any(set(resource.before.get(name) or ()) - set(resource.after.get(name) or ()) for name in known)
        return resource.goes or (resource.actions == ("update",) and lost)

    return loses


def _signs_in(rule: Any) -> bool:  # noqa: ANN401 - JSON
    return any(action.get("type") == "authenticate-cognito" for action in rule.get("action") or ())


def _blocks(web_acl: Mapping[str, Any]) -> bool:
    """Whether a managed rule group does what it says, instead of counting (WAF API, ``OverrideAction``)."""
    actions = [each for rule in web_acl.get("rule") or () for each in rule.get("override_action") or ()]
    return any(each.get("none") for each in actions)


def _sign_in_changes(resource: Resource) -> bool:
    return resource.actions == ("update",) and _signs_in(resource.before) != _signs_in(resource.after)


def _grants(policy: Any) -> set[tuple[str, str]]:  # noqa: ANN401 - JSON
    statements = json.loads(policy or "{}").get("Statement", ())
    return {
        (action, resource)
        for each in ([statements] if isinstance(statements, dict) else statements)
        for action in _listed(each.get("Action", ()))
        for resource in _listed(each.get("Resource", ()))
    }


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _takes_permission(resource: Resource) -> bool:
    """A policy whose text is not known yet takes nothing that could be named."""
    if resource.actions == ("update",) and resource.after.get("policy") is None:
        return False
    return bool(_grants(resource.before.get("policy")) - _grants(resource.after.get("policy")))


_SERVICE: Final = r"module\.service\[.*\]\."

SIMPLE: Final = (
    Rule(
        "service",
        _SERVICE + r"aws_ecs_service\.",
        _goes,
        "the running tasks of `{service}` stop",
        "First release another service that handles its paths, and move the paths to it; then remove the service.",
    ),
    Rule(
        "service-parts",
        _SERVICE + r"(aws_lb_target_group|aws_iam_role|aws_security_group|aws_cloudwatch_log_group)\.",
        _goes,
        "the running tasks of `{service}` lose resources that they need, and the load balancer no longer reaches them",
    ),
    Rule(
        "sign-in",
        _SERVICE + r"aws_lb_listener_rule\.",
        _sign_in_changes,
        "sign-in changes for the running version of `{service}`: from true to false, everyone has access; from "
        "false to true, clients that follow no redirects fail",
        "First release a version that works with and without sign-in; then apply.",
    ),
    Rule(
        "tasks-network",
        _SERVICE + r"aws_ecs_service\.",
        lambda resource: resource.differs("network_configuration"),
        "ECS replaces each running task of `{service}` in other subnets, outside of a release",
        "Schedule it for low traffic, and check `tagship status` afterwards.",
    ),
    Rule(
        "permission",
        _SERVICE + r"aws_iam_role_policy\.(?!terminal)",
        _takes_permission,
        "the running version of `{service}` loses a permission or a secret: its calls are denied, and tasks that "
        "scaling or a failure starts cannot read it",
        "First release a version that does not need it; then apply, and release again immediately: until then no "
        "new task of the version can start.",
    ),
    Rule(
        "secret",
        r"module\.(?!alerts).*aws_secretsmanager_secret\.",
        _goes,
        "a secret is deleted that running versions use: tasks that scaling or a failure starts cannot read it",
        "First release a version that does not need it; then apply.",
    ),
    Rule(
        "database-access",
        r"module\.database\[0\]\.aws_vpc_security_group_ingress_rule\.clients",
        _goes,
        "the running tasks of `{service}` lose access to the database",
        "First release a version that does not need the database; then apply, and release again immediately.",
    ),
    Rule(
        "database-restart",
        r"module\.database\[0\]\.aws_rds_cluster(_instance)?\.",
        lambda resource: resource.differs("engine_version", "instance_class"),
        "the database restarts: connections are closed, and it is unavailable for minutes",
    ),
    Rule(
        "database-instance",
        r"module\.database\[0\]\.aws_rds_cluster_instance\.",
        _goes,
        "a database instance is deleted: connections to it are closed",
    ),
    Rule(
        "passwords",
        r"module\.database\[0\]\.(aws_rds_cluster|aws_secretsmanager_secret_version)\.",
        lambda resource: resource.differs("master_password_wo_version", "secret_string_wo_version"),
        "running tasks have the old password until the next release: their new connections are refused",
        "Prepare a new tag, and release it immediately after the apply: tagship deploy.",
    ),
    Rule(
        "sign-in-addresses",
        r"module\.auth\[0\]\.(aws_cognito_user_pool_client\.this\[\"app\"\]|aws_cognito_user_pool_domain\.)",
        _loses("callback_urls", "logout_urls"),
        "the running version uses a callback URL that the user pool no longer accepts, so users cannot sign in",
        "Write the old and the new paths, apply, and release the version with the new ones; then remove the old ones.",
    ),
    Rule(
        "way-out",
        r"module\.network\.(aws_nat_gateway\.|aws_route\.private_internet)",
        lambda resource: resource.goes or resource.actions == ("update",),
        "connections of running tasks to the internet are closed; later ones come from another address",
    ),
    Rule(
        "network",
        r"module\.network\.(aws_vpc|aws_subnet|aws_internet_gateway|aws_route_table)\.",
        _goes,
        "the network of the running tasks is deleted",
        "Build another environment beside this one, and move users there.",
    ),
    Rule(
        "load-balancer",
        r"module\.load_balancer\.(aws_lb|aws_lb_listener|aws_security_group)\.",
        _goes_or_differs("protocol", "port"),
        "requests fail for up to some minutes, until load balancer and CloudFront match again",
    ),
    Rule(
        "front-door",
        r"module\.edge\.(aws_cloudfront_distribution\.|aws_route53_record\.alias)",
        _loses("aliases"),
        "the address that users know no longer leads to the app",
        "Where possible, add the new address first, announce it, and remove the old one later.",
    ),
    Rule(
        "single-page",
        r"module\.edge\.aws_cloudfront_function\.single_page",
        _goes,
        "routes of the live front end that are not files return 404",
        "First release a front end that does not need such routes; then apply.",
    ),
    Rule(
        "firewall",
        r"module\.(load_balancer_)?firewall\[0\]\.aws_wafv2_web_acl\.",
        lambda resource: resource.comes and _blocks(resource.after),
        "the firewall immediately blocks what its managed rules match, and it is not known yet which requests of "
        "the running version that affects",
        "Write `mode: count` and apply; check what it counts; then write `mode: block`.",
    ),
)
"""The rules that need nothing but the resource."""


def health(resource: Resource, _: Scene) -> Iterator[LiveChange]:
    """Another health check is asked of running tasks at once (ELB API, ModifyTargetGroup)."""
    if not re.match(_SERVICE + r"aws_lb_target_group\.", resource.address) or not resource.differs("health_check"):
        return
    before, after = _check(resource.before), _check(resource.after)
    stricter = after.get("timeout", 0) < before.get("timeout", 0)
    if not stricter and all(before.get(key) == after.get(key) for key in ("path", "matcher", "port", "protocol")):
        return
    old, new = before.get("path", ""), after.get("path", "")
    question = Question(str(resource.before.get("arn", "")), new, float(after.get("timeout", 5)))
    yield LiveChange(
        "health",
        resource.address,
        resource.service,
        f"the load balancer immediately checks the running tasks of `{resource.service}` at `{new}`, and ECS stops "
        f"those that do not return 200 to 399 within {question.timeout:g} s",
        _safe_health(old, new),
        question if all(before.get(key) == after.get(key) for key in ("port", "protocol")) else None,
    )


def _check(group: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one block ``health_check`` of a target group."""
    blocks: Sequence[Mapping[str, Any]] = group.get("health_check") or ({},)
    return blocks[0]


def _safe_health(old: str, new: str) -> str:
    if old == new:
        return "First release a version that responds within that time; then apply."
    return (
        f"First release a version that responds to both `{old}` and `{new}`, with `path: {old}` still in "
        f"tagship.yaml; then write `path: {new}` and apply; then remove `{old}`."
    )


def paths(resource: Resource, found: Scene) -> Iterator[LiveChange]:
    """A pattern that goes takes requests away from a service; one that comes may take another's."""
    if not _is_path(resource) or not (resource.goes or resource.comes):
        return
    ours, pattern = resource.service, resource.index
    stays = [each for each in found.resources if _is_path(each) and not each.goes and each is not resource]
    if any(each.service == ours and fnmatchcase(pattern, each.index) for each in stays):
        return
    if resource.goes:
        yield LiveChange(
            "paths",
            resource.address,
            ours,
            f"requests to `{pattern}` no longer reach the running tasks of `{ours}`",
            "If another service takes it over: release a version of it that handles the path, then move the path. "
            "Otherwise: release a version that no longer requests it, then remove it.",
        )
        return
    for other in stays:
        if not other.comes and other.service != ours and fnmatchcase(pattern, other.index):
            yield LiveChange(
                "paths",
                resource.address,
                other.service,
                _moved(pattern, other.service, ours, found),
                (
                    f"Give `{ours}` an unused path, apply, and release it; when its tasks serve `{pattern}` as "
                    "well, write that path."
                ),
            )


def site_paths(resource: Resource, _: Scene) -> Iterator[LiveChange]:
    """A pattern that comes is asked before the published front end, which answers all that no pattern fits."""
    if not re.match(r"module\.edge\.aws_cloudfront_distribution\.", resource.address):
        return
    if resource.actions != ("update",) or not _serves_site(resource.before) or not _serves_site(resource.after):
        return
    old = _patterns(resource.before)
    new = [each for each in _patterns(resource.after) if not any(fnmatchcase(each, pattern) for pattern in old)]
    if new:
        yield LiveChange(
            "site-paths",
            resource.address,
            "",
            f"requests to {', '.join(f'`{each}`' for each in new)} no longer reach the live front end: a service "
            "gets them, and returns 503 until its first release",
            "First release a front end that does not need such files; then give the path to the service.",
            takes=tuple(new),
        )


def _serves_site(distribution: Mapping[str, Any]) -> bool:
    return any(each.get("target_origin_id") == "site" for each in distribution.get("default_cache_behavior") or ())


def _patterns(distribution: Mapping[str, Any]) -> list[str]:
    return [each["path_pattern"] for each in distribution.get("ordered_cache_behavior") or ()]


def _is_path(resource: Resource) -> bool:
    return bool(re.match(_SERVICE + r"aws_lb_listener_rule\.", resource.address))


def _moved(pattern: str, old: str, new: str, found: Scene) -> str:
    empty = "" if found.tasks(new) else ", which has no running task: they get 503 until its first release"
    return f"requests to `{pattern}`, which the running tasks of `{old}` serve, go to `{new}`{empty}"


RULES: Final[tuple[Find, ...]] = (health, paths, site_paths, *SIMPLE)

NAMES: Final = frozenset({"health", "paths", "site-paths", *(rule.name for rule in SIMPLE)})
"""The names of the rules."""
