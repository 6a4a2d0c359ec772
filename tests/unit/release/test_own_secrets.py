"""The app's own secrets in a release: named whole, never read, and a new value is a reason to roll."""

import json
from dataclasses import replace

import pytest

from tagship.aws.parameters import ParameterFacts
from tagship.base.errors import AwsDenied, AwsExpired, NotReady
from tagship.release.context import ReleaseOptions
from tagship.release.planning.steps import RegisterRevision, UpdateService
from tagship.release.planning.task_definition import changed_secrets, content_hash
from tagship.release.planning.verify import VerifyContext, verify
from tagship.release.records.verdict import Verdict
from tagship.release.rollback import RollbackRequest
from tagship.release.run import Outcome
from tagship.secret.keys import TAG
from tagship.secret.resolve import Resolution, Resolved, resolve
from tests.unit.release.harness import MANIFEST, WHO, Shop, asking, environment_manifest

VALUE = "sk_live_never_to_be_seen"
NAMED = {
    "STRIPE_KEY": "stripe",
    "MAIL_PASSWORD": "mail:password",
    "LEVEL": "ssm:/level",
}


def with_secrets(**sources: str) -> Shop:
    """The shop whose service ``api`` has these; ``stripe``, ``mail`` and ``/level`` are there."""
    wanted = json.dumps(sources or NAMED)
    manifest = environment_manifest(
        MANIFEST.replace("    paths: [/api/*]\n", f"    paths: [/api/*]\n    secrets: {wanted}\n")
    )
    shop = Shop(manifest=manifest)
    shop.secrets.create("shop-local/stripe", VALUE, {})
    shop.secrets.create("shop-local/mail", json.dumps({"password": VALUE}), {TAG: "password"})
    arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shop-local/level"
    shop.parameters.facts["/shop-local/level"] = ParameterFacts(arn, 1)
    return shop


def deploy(shop: Shop, version: str = "v1.0.0", *, dry_run: bool = False) -> Outcome:
    return shop.deployer().deploy(asking(version, dry_run=dry_run))


def registered(shop: Shop) -> dict[str, str]:
    definition = shop.ecs.revision(shop.revision_of("api")).definition
    return {each["name"]: each["valueFrom"] for each in definition["containerDefinitions"][0]["secrets"]}


def test_a_definition_names_each_secret_by_its_whole_arn_and_no_version() -> None:
    shop = with_secrets()
    assert deploy(shop).verdict is Verdict.RELEASED
    prefix = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop-local"
    assert registered(shop) == {
        "STRIPE_KEY": f"{prefix}/stripe-AbCdEf",
        "MAIL_PASSWORD": f"{prefix}/mail-AbCdEf:password::",
        "LEVEL": "arn:aws:ssm:eu-central-1:111122223333:parameter/shop-local/level",
    }


def test_a_release_reads_no_value() -> None:
    shop = with_secrets()
    deploy(shop)
    assert shop.secrets.shown == []
    assert VALUE not in f"{shop.told}{shop.ecs}{shop.s3}"


def test_the_same_tag_with_the_same_secrets_has_nothing_to_do() -> None:
    shop = with_secrets()
    deploy(shop)
    assert deploy(shop).plan.empty


@pytest.mark.parametrize("change", ["STRIPE_KEY", "LEVEL"])
def test_a_changed_secret_makes_the_same_tag_a_rollout_that_says_why(change: str) -> None:
    shop = with_secrets()
    deploy(shop)
    before = shop.revision_of("api")
    if change == "STRIPE_KEY":
        shop.secrets.change("shop-local/stripe", "another")
    else:
        facts = shop.parameters.facts["/shop-local/level"]
        shop.parameters.facts["/shop-local/level"] = replace(facts, version=2)
    plan = deploy(shop, dry_run=True).plan
    (step,) = [step for step in plan.steps if isinstance(step, RegisterRevision)]
    assert step.says.endswith(f"because the secret of `{change}` has changed")
    assert [step.service for step in plan.steps if isinstance(step, UpdateService)] == ["api"]

    assert deploy(shop).verdict is Verdict.RELEASED
    assert shop.revision_of("api") != before
    assert deploy(shop).plan.empty


def test_a_rollback_needs_no_version_of_a_secret() -> None:
    shop = with_secrets()
    deploy(shop)
    first = shop.revision_of("api")
    deploy(shop, "v1.1.0")
    shop.secrets.change("shop-local/stripe", "another")
    assert shop.rollbacker().roll_back(RollbackRequest(WHO, "v1.0.0", options=ReleaseOptions(60))).verdict
    assert shop.revision_of("api") == first
    assert [each.rpartition(":")[2] for each in registered(shop).values()] == [
        "parameter/shop-local/level",
        "",
        "shop-local/stripe-AbCdEf",
    ]


@pytest.mark.parametrize(
    ("sources", "words", "hint"),
    [
        ({"A": "nothing"}, "there is no secret `shop-local/nothing`", "tagship secret set nothing --env local"),
        ({"A": "nothing:key"}, "there is no secret", "tagship secret set nothing --key key --env local"),
        ({"A": "mail:user"}, "`shop-local/mail` has no key `user`", "tagship secret set mail --key user --env local"),
        ({"A": "empty"}, "`shop-local/empty` has no value", "tagship secret set empty --env local"),
        ({"A": "going"}, "is about to be deleted", "tagship secret restore going --env local"),
        ({"A": "ssm:/nothing"}, "there is no parameter `/shop-local/nothing`: make it with `aws ssm", None),
    ],
)
def test_what_is_missing_stops_a_release_before_anything_is_touched_and_says_what_to_type(
    sources: dict[str, str], words: str, hint: str | None
) -> None:
    shop = with_secrets(**sources)
    for name in ("empty", "going"):
        shop.secrets.create(f"shop-local/{name}", "x", {})
    shop.secrets.facts["shop-local/empty"] = replace(shop.secrets.facts["shop-local/empty"], version="")
    shop.secrets.delete("shop-local/going", 7)
    with pytest.raises(NotReady) as caught:
        deploy(shop)
    assert words in caught.value.message.splitlines()[1]
    assert "services.api.secrets.A: " in caught.value.message
    assert caught.value.hint == hint
    assert shop.ecr.images == {}
    assert shop.ledger.records() == []


def test_every_missing_secret_is_named_on_a_line_of_its_own() -> None:
    with pytest.raises(NotReady) as caught:
        deploy(with_secrets(A="one", B="two"))
    assert len(caught.value.message.splitlines()) == 3


def test_where_the_keys_are_not_known_a_key_is_not_checked() -> None:
    shop = with_secrets(A="stripe:key")
    assert deploy(shop).verdict is Verdict.RELEASED


def test_credentials_that_may_not_look_are_told_of_the_apply_that_lets_them() -> None:
    shop = with_secrets(A="stripe")
    shop.secrets.refuses = AwsDenied("no", code="AccessDeniedException")
    with pytest.raises(NotReady, match="may not describe the secret") as caught:
        deploy(shop)
    assert caught.value.hint == "tagship infra apply --env local"


def test_expired_credentials_are_no_missing_secret() -> None:
    shop = with_secrets(A="stripe")
    shop.secrets.refuses = AwsExpired("over")
    with pytest.raises(AwsExpired):
        deploy(shop)


def test_a_secret_is_asked_for_once_however_many_variables_name_it() -> None:
    shop = with_secrets(A="mail:password", B="mail:password", C="mail")
    resolve(shop.manifest, "shop-local", shop.doors.secrets)
    assert shop.secrets.described == ["shop-local/mail"]


def test_verify_names_what_is_missing_and_asks_whether_the_role_may_read_the_rest() -> None:
    shop = with_secrets(A="nothing", B="stripe", C="ssm:/level")
    found = resolve(shop.manifest, "shop-local", shop.doors.secrets)
    shop.standing = replace(shop.standing, forbidden=frozenset({"ssm:GetParameters"}))
    report = verify(VerifyContext(shop.ecs, shop.ecr, shop.standing, shop.manifest, shop.infrastructure, found), {})
    assert [(each.what, each.words) for each in report.wrong] == [
        ("reads parameter/shop-local/level", "`api-execution` may not: ssm:GetParameters"),
        ("secret A", "there is no secret `shop-local/nothing`"),
    ]
    assert "reads shop-local/stripe-AbCdEf" in {each.what for each in report.findings}


def test_the_hash_of_content_without_secrets_is_as_it_always_was() -> None:
    assert content_hash({"family": "f"}) == content_hash({"family": "f"}, {}) == "a90494291715"


def test_more_secrets_than_a_tag_has_room_for_are_told_apart_together() -> None:
    many = {f"V{number:02}": Resolved("arn", str(number)) for number in range(40)}
    before = content_hash({}, many)
    after = content_hash({}, {**many, "V07": Resolved("arn", "other")})
    assert len(after) <= 256
    assert before != after
    assert changed_secrets(before, after, many) == tuple(many)


def test_where_more_than_a_secret_is_new_it_is_not_the_reason() -> None:
    own = {"A": Resolved("arn", "1")}
    assert changed_secrets(content_hash({"a": 1}, own), content_hash({"a": 2}, own), own) == ()
    assert changed_secrets("", content_hash({}, own), own) == ()
    assert changed_secrets(content_hash({}), content_hash({}, own), own) == ()


def test_a_manifest_without_secrets_asks_nobody() -> None:
    shop = Shop()
    shop.secrets.refuses = AwsDenied("no")
    assert resolve(shop.manifest, "shop-local", shop.doors.secrets) == Resolution()
