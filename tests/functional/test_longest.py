"""The longest and oddest names that a manifest allows: all of it is applied, and nothing that it sends is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.contract.infra.whole_manifest import LONGEST
from tests.functional.harness import running
from tests.functional.limits import beyond_limits
from tests.functional.test_production import Production
from tests.support.left import left

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(2400)]

ONE_ENVIRONMENTS: Final = frozenset({"environment", "account", "domain", "protect"})


def written() -> dict[str, Any]:
    """What a person would write in tagship.yaml."""
    services: dict[str, dict[str, Any]] = LONGEST["services"]
    signing_in = {name: {"sign_in": True} for name, service in services.items() if service.get("sign_in")}
    override = {"account": "000000000000", "protect": False, "domain": LONGEST["domain"], "services": signing_in}
    shared = {name: value for name, value in LONGEST.items() if name not in ONE_ENVIRONMENTS}
    everywhere = {name: {**service, "sign_in": False} for name, service in services.items()}
    return {**shared, "services": everywhere, "environments": {LONGEST["environment"]: override}}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Production]:
    with running(tmp_path, more="") as made:
        (made.folder / "tagship.yaml").write_text(json.dumps(written()), encoding="utf-8")
        made.git("commit", "-qam", "longest")
        made.aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="test")
        yield Production(made.folder, made.aws)


def test_the_longest_and_oddest_manifest_is_applied_and_nothing_of_it_refused(app: Production) -> None:
    before = left(app.aws)
    app.type("infra", "apply", "--yes", "--env", LONGEST["environment"])
    assert beyond_limits(app) == []
    assert app.asked("infra", "plan", "--env", LONGEST["environment"])["changes"] == []
    app.type("infra", "destroy", "--env", LONGEST["environment"], "--confirm", LONGEST["environment"])
    assert left(app.aws) == before
