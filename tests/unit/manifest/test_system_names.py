"""Names of the systems of any legal app and environment: within AWS's limits, and never shared."""

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.manifest.names import Names
from tagship.manifest.system_names import SystemNames
from tests.unit.manifest.test_names import APP, ENVIRONMENT, legal

ACCOUNT: Final = "123456789012"
LONGEST_REGION: Final = "ap-southeast-7"
ROLE: Final = (r"[\w+=,.@-]+", 64)
GROUP: Final = (r"(?!sg-)[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+", 255)
LOG_GROUP: Final = (r"[.\-_/#A-Za-z0-9]+", 512)
SECRET: Final = (r"(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]+", 512)
RDS: Final = (r"[a-z](-?[a-z0-9])*", 63)
CLOUDFRONT: Final = (r"[A-Za-z0-9_-]+", 64)
WAF: Final = (r"[A-Za-z0-9_-]+", 128)
BUCKET: Final = (r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]*[a-z0-9]", 63)

LIMITS: Final = {
    "network": {"endpoints_security_group": GROUP, "flow_log_group": LOG_GROUP, "flow_log_role": ROLE},
    "edge": {
        "distribution": CLOUDFRONT,
        "function": CLOUDFRONT,
        "headers_policy": (r"[A-Za-z0-9_-]+", 128),
        "access_control": CLOUDFRONT,
        "log_delivery": (r"[\w-]+", 60),
    },
    "firewall": {"edge": WAF, "load_balancer": WAF},
    "traffic": {
        "logs_bucket": BUCKET,
        "firewall_bucket": (r"aws-waf-logs-[a-z0-9][a-z0-9-]*[a-z0-9]", 63),
        "database": (r"[a-z0-9_]+", 255),
        "workgroup": (r"[a-zA-Z0-9._-]+", 128),
    },
    "database": {
        "cluster": (RDS[0], 60),  # "-1" to "-15" are added for instances, and 63 are allowed
        "subnet_group": RDS,
        "cluster_parameters": RDS,
        "instance_parameters": RDS,
        "security_group": GROUP,
        "monitoring_role": ROLE,
        "master_secret": SECRET,
        "connection_secret": SECRET,
        "scaling_policy": (r"\S+", 256),
        "final_snapshot": (RDS[0], 48),  # a time is added, and 63 are allowed
    },
    "auth": {
        "user_pool": (r"[\w\s+=,.@-]+", 128),
        "domain": (r"(?!.*(aws|amazon|cognito))[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?", 63),
        "sign_in_stack": (r"[a-zA-Z][-a-zA-Z0-9]*", 128),
    },
    "alerts": {
        "topic": (r"[A-Za-z0-9_-]+", 256),
        "function": (r"[A-Za-z0-9_-]+", 64),
        "role": ROLE,
        "log_group": LOG_GROUP,
        "webhook_secret": SECRET,
        "rule_prefix": (r"[.\-_A-Za-z0-9]+", 40),
        "alarm_prefix": (r".+", 200),
    },
    "dashboards": {
        "service": (r"[A-Za-z0-9_-]+", 255),
        "task_family": (r"[A-Za-z0-9_-]+", 255),
        "container": (r"[A-Za-z0-9_-]+", 255),
        "log_group": LOG_GROUP,
        "execution_role": ROLE,
        "task_role": ROLE,
        "target_group": (r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?", 32),
        "security_group": GROUP,
    },
    "vpn": {"instance": (r".+", 255), "role": ROLE, "profile": ROLE, "security_group": GROUP, "secret": SECRET},
    "github": {"role": ROLE},
}
"""Which names each Terraform module gets, and what AWS takes for each."""

UNIQUE_IN_A_CLUSTER_OR_VPC: Final = {
    "endpoints_security_group",
    "security_group",
    "service",
    "container",
}

apps = legal(APP, r"[ab]{2,3}(-[ab]{1,3}){0,3}|[a-z][a-z0-9]{1,12}(-[a-z0-9]{1,8}){0,2}")
environments = legal(ENVIRONMENT, r"[ab]{2,3}|[a-z][a-z0-9]{1,19}")


def names(app: str, environment: str, region: str = LONGEST_REGION) -> SystemNames:
    return SystemNames(Names(app, environment), ACCOUNT, region)


def of(module: str, given: SystemNames) -> dict[str, str]:
    found: dict[str, str] = getattr(given, module)()
    return found


@pytest.mark.parametrize("module", LIMITS)
def test_every_name_has_a_limit(module: str) -> None:
    assert of(module, names("shop", "dev")).keys() == LIMITS[module].keys()


@pytest.mark.parametrize("module", LIMITS)
@given(app=apps, environment=environments)
def test_every_name_is_one_that_aws_takes(module: str, app: str, environment: str) -> None:
    for kind, name in of(module, names(app, environment)).items():
        pattern, limit = LIMITS[module][kind]
        assert len(name) <= limit, (kind, name)
        assert re.fullmatch(pattern, name), (kind, name)


@pytest.mark.parametrize("app", ["awscalc", "my-amazon-shop", "cognito2", "shop-a" * 5])
def test_a_word_that_cognito_refuses_is_not_in_the_domain(app: str) -> None:
    domain = names(app, "production").auth()["domain"]
    assert re.fullmatch(LIMITS["auth"]["domain"][0], domain)
    assert domain != names(app, "staging").auth()["domain"]


@pytest.mark.parametrize("module", LIMITS)
@given(one=st.tuples(apps, environments), other=st.tuples(apps, environments))
def test_no_two_environments_of_an_account_share_a_name(
    module: str, one: tuple[str, str], other: tuple[str, str]
) -> None:
    if one == other:
        return
    first, second = of(module, names(*one)), of(module, names(*other))
    shared = {kind for kind, name in first.items() if name == second[kind]}
    assert shared <= UNIQUE_IN_A_CLUSTER_OR_VPC
