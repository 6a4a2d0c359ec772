"""MiniStack's answers about rules, completed with what it forgot. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

_NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"
_NS = f"{{{_NAMESPACE}}}"

COMPLETED = {
    "CreateRule",
    "ModifyRule",
    "DescribeRules",
    "SetRulePriorities",
    "CreateListener",
    "ModifyListener",
    "DescribeListeners",
}
"""Operations whose answers hold rules or listeners."""


def completed(body: bytes, told: Mapping[str, Any]) -> bytes:
    """An answer in which every rule and listener has the forward and query-string configurations that were sent.

    Args:
        body: MiniStack's answer.
        told: actions and conditions as sent, by the ARN of the rule, or of the listener for its default rule.
    """
    needed = {arn: sent for arn, sent in told.items() if _is_forgotten(sent)}
    if not needed:
        return body
    ET.register_namespace("", _NAMESPACE)
    root = ET.fromstring(body)  # noqa: S314 - from MiniStack, in this process
    for member in root.iter(f"{_NS}member"):
        arn = member.findtext(f"{_NS}RuleArn") or member.findtext(f"{_NS}ListenerArn")
        if arn and member.findtext(f"{_NS}IsDefault") == "true":
            arn = _listener_of(arn, needed)
        if arn in needed:
            _complete(member, needed[arn])
    return ET.tostring(root)


def _is_forgotten(sent: Mapping[str, Any]) -> bool:
    return any("ForwardConfig" in action for action in sent.get("Actions", ())) or any(
        _forgotten_of(condition) for condition in sent.get("Conditions", ())
    )


def _forgotten_of(condition: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a condition that MiniStack drops: query strings, and regular expressions wherever they may be."""
    dropped = {
        name: config
        for name, config in condition.items()
        if name == "QueryStringConfig" or (isinstance(config, Mapping) and "RegexValues" in config)
    }
    return {**dropped, **({"RegexValues": condition["RegexValues"]} if "RegexValues" in condition else {})}


def _listener_of(rule: str, told: Iterable[str]) -> str | None:
    """The listener of a default rule: their ARNs differ in the kind, and in the rule's own id at the end."""
    listener = rule.replace(":listener-rule/", ":listener/").rpartition("/")[0]
    return listener if listener in told else None


def _complete(member: ET.Element, sent: Mapping[str, Any]) -> None:
    for name in ("Actions", "DefaultActions"):
        for action, told in _pairs(member.find(f"{_NS}{name}"), sent.get("Actions", ())):
            if forward := told.get("ForwardConfig"):
                _replace(action, "ForwardConfig", forward)
    for condition, told in _pairs(member.find(f"{_NS}Conditions"), sent.get("Conditions", ())):
        for name, content in _forgotten_of(told).items():
            _replace(condition, name, content)


def _pairs(found: ET.Element | None, told: Sequence[Any]) -> list[tuple[ET.Element, Any]]:
    return [] if found is None else list(zip(found.findall(f"{_NS}member"), told, strict=False))


def _replace(parent: ET.Element, name: str, content: Any) -> None:  # noqa: ANN401 - as below
    for old in parent.findall(f"{_NS}{name}"):
        parent.remove(old)
    parent.append(_element(name, content))


def _element(name: str, content: Any) -> ET.Element:  # noqa: ANN401 - strings, lists and dictionaries of them
    element = ET.Element(f"{_NS}{name}")
    if isinstance(content, Mapping):
        element.extend(_element(key, inner) for key, inner in content.items())
    elif isinstance(content, list):
        element.extend(_element("member", inner) for inner in content)
    else:
        element.text = str(content)
    return element
