"""Which secret ECS could not give a task, and what to type about it: read out of ECS's own reason. Pure."""

import re
from typing import Final

from tagship.manifest.secret_source import RESERVED
from tagship.release.diagnosis.evidence import Evidence
from tagship.release.diagnosis.signs import Found, Sign, reason

ANY: Final = "a secret or parameter that the task names"

_SECRET: Final = re.compile(r":secret:(?P<name>[A-Za-z0-9/_+=.@-]+)(?::(?P<key>[^:\s]+)::)?")
_SUFFIX: Final = re.compile(r"-[A-Za-z0-9]{6}$")
_PARAMETER: Final = re.compile(r"(?:parameters: |:parameter)(?P<path>/[A-Za-z0-9_./-]+)")
_KEY: Final = re.compile(r"json key (?P<key>[^\s:]+)")


def of_a_secret(*patterns: str) -> Sign:
    """A reason in which every pattern is found; ``secret`` is what it is about, ``advice`` how it is set."""
    told = reason(*patterns)

    def sign(evidence: Evidence) -> Found:
        found = told(evidence)
        return found and {**found, **_named(found["line"])}

    return sign


def _named(line: str) -> dict[str, str]:
    if secret := _SECRET.search(line):
        # What AWS itself refuses, it names by what it was asked for: an ARN, or a name without the six characters.
        name = _SUFFIX.sub("", secret["name"])
        return {"secret": f"the secret `{name}`", "advice": _to_set(name, secret["key"] or "")}
    if parameter := _PARAMETER.search(line):
        return {"secret": f"the parameter `{parameter['path']}`", "advice": "`aws ssm put-parameter`"}
    if key := _KEY.search(line):
        return {"secret": f"the key `{key['key']}` of a secret", "advice": "`tagship secret check` names it"}
    return {"secret": ANY, "advice": "`tagship secret check` names it"}


def _to_set(name: str, key: str) -> str:
    """The command for one of the app's own, which begin with ``APP-ENVIRONMENT/``."""
    _, slash, own = name.partition("/")
    if not slash or own in RESERVED:
        return "`tagship infra apply`"
    return f"`tagship secret set {own}{f' --key {key}' if key else ''}`"
