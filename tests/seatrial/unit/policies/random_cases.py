"""Requests and policies drawn at random, the same ones in every run: what another evaluator decided of them is kept.

They are drawn near each other, so that many statements nearly fit: names differ by a letter, a case, a wildcard. What
that evaluator is known to take otherwise than AWS documents is not drawn: defaults of variables, ``${*}``, variables in
``NotResource`` and in the language of 2008, dates against seconds, addresses of version 6 where version 4 is excepted,
and what is granted to a session itself beside its own policies; those are claims of ``test_evaluate.py``.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any

Json = dict[str, Any]

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/task"
CASES = 6000
SEED = 20261129

RESOURCES = {
    "ecs:UpdateService": (f"arn:aws:ecs:eu-central-1:{ACCOUNT}:service/main/api",),
    "iam:PassRole": (ROLE, f"arn:aws:iam::{ACCOUNT}:role/other"),
    "kms:Decrypt": (f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0a1b",),
    "s3:GetObject": ("arn:aws:s3:::files/live/a.txt", "arn:aws:s3:::files/Live/a.txt", "arn:aws:s3:::other/a"),
    "s3:PutObject": ("arn:aws:s3:::files/live/a.txt", "arn:aws:s3:::files/app/a"),
    "secretsmanager:GetSecretValue": (f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:db-AbCdEf",),
    "sns:Publish": (f"arn:aws:sns:eu-central-1:{ACCOUNT}:alarms",),
    "sts:AssumeRole": (f"arn:aws:iam::{ACCOUNT}:role/other",),
}
OWN_IS_NEEDED = {"kms:Decrypt", "sts:AssumeRole"}
ACTIONS = ("*", "s3:*", "s3:Get*", "s3:getobject", "S3:PutObjec?", "ecs:Update*", "kms:Decrypt", "sns:*", "iam:Pass*")
PATTERNS = (
    "*",
    "arn:aws:s3:::files/*",
    "arn:aws:s3:::files/live/?.txt",
    "arn:aws:s3:::FILES/*",
    "arn:aws:s3:::files/${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::files/${aws:PrincipalTag/none}/*",
    f"arn:aws:ecs:*:{ACCOUNT}:service/main/*",
    f"arn:aws:ecs:eu-*:{ACCOUNT}:*",
    f"arn:aws:iam::{ACCOUNT}:role/*",
    f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:db-??????",
    f"arn:aws:sns:eu-central-1:{ACCOUNT}:alarms",
)
PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": ROLE},
    {"AWS": SESSION},
    {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/other", ROLE]},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"},
    {"AWS": "444455556666"},
    {"Service": "ecs-tasks.amazonaws.com"},
)
TEXTS = ("releases/", "Releases/", "releases/*", "rel?ases/", "main", "MAIN", "${aws:PrincipalTag/team}", "app", "")
NUMBERS = ("10", "10.0", "9.5", "100", "ten")
MOMENTS = ("2026-11-29T00:00:00Z", "2026-11-29", "2027-01-01T00:00:00Z")
ADDRESSES = ("10.0.0.0/8", "10.1.2.3", "192.0.2.0/24", "2001:db8::/32")
ARNS = (f"arn:aws:ecs:*:{ACCOUNT}:*", f"arn:aws:ecs:eu-central-1:{ACCOUNT}:cluster/main", "arn:aws:sns:*:*:a*")
BINARIES = ("cXVpY2s=", "c2xvdw==")

OPERATORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **dict.fromkeys(
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
        (("s3:prefix", "aws:PrincipalTag/team"), TEXTS),
    ),
    **dict.fromkeys(("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"), (("S3:Prefix",), TEXTS)),
    **dict.fromkeys(
        tuple(f"Numeric{end}" for end in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan")),
        (("s3:max-keys",), NUMBERS),
    ),
    **dict.fromkeys(
        tuple(f"Date{end}" for end in ("Equals", "NotEquals", "LessThan", "GreaterThanEquals")),
        (("aws:CurrentTime",), MOMENTS),
    ),
    "Bool": (("aws:SecureTransport",), ("true", "false", "True")),
    "BinaryEquals": (("key:binary",), BINARIES),
    "IpAddress": (("aws:SourceIp",), ADDRESSES),
    "NotIpAddress": (("aws:SourceIp",), ADDRESSES),
    **dict.fromkeys(("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"), (("ecs:cluster", "aws:SourceArn"), ARNS)),
}
"""By operator: keys that it is asked of, and values."""


@cache
def cases() -> list[Json]:
    """All of them."""
    random = Random(SEED)
    return [_case(random) for _ in range(CASES)]


def fingerprint(found: list[Json]) -> str:
    """Tells whether these are the cases that were decided."""
    return sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def _case(random: Random) -> Json:
    action = random.choice(list(RESOURCES))
    within = {
        "boundary": _maybe(random, 0.2, lambda: _policy(random, action, None)),
        "session": _maybe(random, 0.15, lambda: _policy(random, action, None)),
    }
    principals = [each for each in PRINCIPALS if each != {"AWS": SESSION} or not any(within.values())]
    return {
        "action": action,
        "resource": random.choice(RESOURCES[action]),
        "context": dict(_context(random)),
        "identity": [_policy(random, action, None) for _ in range(random.choice((0, 1, 1, 2)))],
        "resourcePolicy": _maybe(
            random, 1 if action in OWN_IS_NEEDED else 0.5, lambda: _policy(random, action, principals)
        ),
        **within,
    }


def _context(random: Random) -> Iterator[tuple[str, Any]]:
    values: dict[str, tuple[Any, ...]] = {
        "s3:prefix": ("releases/", "releases/1", "app", ""),
        "s3:max-keys": ("10", "100"),
        "aws:PrincipalTag/team": ("app", "live", "*"),
        "aws:CurrentTime": ("2026-11-29T00:00:00Z", "2026-12-24T12:00:00Z"),
        "aws:EpochTime": ("1795910400", "1800000000"),
        "aws:SecureTransport": ("true", "false"),
        "aws:SourceIp": ("10.1.2.3", "192.0.2.7"),
        "ecs:cluster": (f"arn:aws:ecs:eu-central-1:{ACCOUNT}:cluster/main",),
        "aws:SourceArn": (f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task/main/1", "arn:aws:sns:eu-central-1:1:alarms"),
        "aws:TagKeys": (["team"], ["team", "cost"], ["Cost"]),
        "key:binary": BINARIES,
    }
    for key, given in values.items():
        if random.random() < 0.6:
            yield key, random.choice(given)


def _policy(random: Random, action: str, principals: list[Any] | None) -> Json:
    version = random.choice(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"))
    statements = [_statement(random, action, principals) for _ in range(random.choice((1, 2)))]
    return {"Version": "2012-10-17" if "${" in json.dumps(statements) else version, "Statement": statements}


def _statement(random: Random, action: str, principals: list[Any] | None) -> Json:
    statement: Json = {"Effect": random.choice(("Allow", "Allow", "Allow", "Deny"))}
    if principals:
        statement["Principal"] = random.choice(principals)
    some = [random.choice((action, action, *ACTIONS)) for _ in range(random.choice((1, 1, 2)))]
    statement["NotAction" if random.random() < 0.1 else "Action"] = some
    but = random.random() < 0.1
    patterns = [pattern for pattern in PATTERNS if not but or "${" not in pattern]
    wanted = [random.choice((*RESOURCES[action], *patterns, "*")) for _ in range(random.choice((1, 1, 2)))]
    statement["NotResource" if but else "Resource"] = wanted
    conditions = [_condition(random) for _ in range(random.choice((0, 0, 0, 1, 1, 2)))]
    if conditions:
        statement["Condition"] = dict(conditions)
    return statement


def _condition(random: Random) -> tuple[str, Json]:
    drawn = random.random()
    if drawn < 0.1:
        key = random.choice(("s3:prefix", "ecs:cluster", "aws:TagKeys"))
        return "Null", {key: random.choice(("true", "false"))}
    if drawn < 0.25:
        quantifier = random.choice(("ForAllValues", "ForAnyValue"))
        operator = random.choice(("StringEquals", "StringLike", "StringNotEquals"))
        values = random.choice((["team"], ["team", "cost"], ["te*"], ["owner"]))
        return f"{quantifier}:{operator}", {"aws:TagKeys": values}
    operator = random.choice(list(OPERATORS))
    keys, given = OPERATORS[operator]
    values = [random.choice(given) for _ in range(random.choice((1, 1, 2)))]
    return f"{operator}{random.choice(('', '', '', 'IfExists'))}", {random.choice(keys): values}


def _maybe(random: Random, chance: float, make: Callable[[], Json]) -> Json | None:
    return make() if random.random() < chance else None
