"""What a person does with secrets changes these and no others, and says what follows from it."""

import json

import pytest

from tagship.aws.fakes_secrets import FakeParameters, FakeSecrets
from tagship.base.errors import AwsDenied, NotReady, Refused
from tagship.manifest.load import loads
from tagship.secret.doors import SecretDoors
from tagship.secret.keeper import SecretKeeper
from tagship.secret.keys import TAG
from tagship.secret.overview import complaints, entries

MANIFEST = """\
app: shop
region: eu-central-1
services:
  api:
    port: 1
    secrets: {STRIPE_KEY: stripe, MAIL_PASSWORD: 'mail:password', LEVEL: 'ssm:/level'}
  jobs:
    port: 2
    paths: [/jobs]
    secrets: {MAIL_USER: 'mail:user'}
environments:
  prod: {}
"""
VALUE = "hunter2"


def keeper(store: FakeSecrets | None = None, environment: str = "prod") -> SecretKeeper:
    manifest = loads(MANIFEST).for_environment(environment)
    return SecretKeeper(store or FakeSecrets(), manifest, f"shop-{environment}")


def found_of(kept: SecretKeeper, store: FakeSecrets) -> list[tuple[str, str, bool]]:
    doors = SecretDoors(store, FakeParameters())
    return [(each.about, each.words, each.harmless) for each in complaints(kept, doors)]


def test_a_first_value_makes_the_secret_and_names_who_uses_it() -> None:
    store = FakeSecrets()
    changed = keeper(store).set("mail", '{"user": "ann", "password": "x"}')
    assert (changed.created, changed.keys_known, changed.services) == (True, True, ("api", "jobs"))
    assert store.facts["shop-prod/mail"].tags == {TAG: "password user"}


def test_another_value_is_another_version_and_its_tag_is_of_its_own_keys() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    kept.set("mail", '{"user": "ann"}')
    before = store.facts["shop-prod/mail"].version
    assert not kept.set("mail", '{"password": "x"}').created
    assert store.facts["shop-prod/mail"].version != before
    assert store.facts["shop-prod/mail"].tags == {TAG: "password"}
    assert kept.set("mail", "plain").keys_known is None
    assert store.facts["shop-prod/mail"].tags == {}


def test_a_run_that_is_cut_off_leaves_no_tag_that_names_a_key_too_many() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    kept.set("mail", '{"user": "ann"}')
    store.refuses_changes = AwsDenied("no")
    with pytest.raises(AwsDenied):
        kept.set("mail", '{"password": "x"}')
    assert store.facts["shop-prod/mail"].tags == {}


def test_one_key_leaves_the_others_as_they_are() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    kept.set_keys("mail", {"user": "ann"})
    kept.set_keys("mail", {"password": VALUE})
    assert json.loads(store.values["shop-prod/mail"]) == {"user": "ann", "password": VALUE}


def test_a_key_of_what_is_no_object_is_refused_and_the_value_stays() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    kept.set("stripe", VALUE)
    with pytest.raises(Refused, match="no JSON object") as caught:
        kept.set_keys("stripe", {"key": "x"})
    assert store.values["shop-prod/stripe"] == VALUE
    assert VALUE not in f"{caught.value.message}{caught.value.hint}"


@pytest.mark.parametrize("value", ["", "x" * 65537, "é" * 40000])
def test_an_empty_value_or_one_that_aws_has_no_room_for_is_refused(value: str) -> None:
    store = FakeSecrets()
    with pytest.raises(Refused, match="nothing was changed"):
        keeper(store).set("stripe", value)
    assert store.facts == {}


@pytest.mark.parametrize("name", ["with space", "stripe-abcdef", "slack", "ssm:/level", "arn:aws:x"])
def test_a_name_that_the_manifest_could_not_have_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        keeper().set(name, VALUE)


def test_a_deleted_secret_can_be_restored_and_until_then_not_be_set() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    kept.set("stripe", VALUE)
    kept.unset("stripe", 7)
    with pytest.raises(Refused) as caught:
        kept.set("stripe", "other")
    assert caught.value.hint == "tagship secret restore stripe"
    kept.restore("stripe")
    assert store.value("shop-prod/stripe") == VALUE


@pytest.mark.parametrize("verb", ["unset", "restore"])
def test_a_misspelt_name_is_answered_with_the_nearest(verb: str) -> None:
    kept = keeper()
    kept.set("stripe", VALUE)
    with pytest.raises(NotReady, match="did you mean `stripe`"):
        kept.unset("strip", 7) if verb == "unset" else kept.restore("strip")


def test_a_copy_takes_what_is_missing_and_leaves_what_is_there() -> None:
    store = FakeSecrets()
    there, here = keeper(store, "local"), keeper(store)
    there.set("stripe", VALUE)
    here.set("mail", '{"password": "own"}')
    there.set("mail", '{"password": "other"}')
    assert here.copy(there) == (("stripe",), ())
    assert store.values["shop-prod/mail"] == '{"password": "own"}'
    assert keeper(FakeSecrets()).copy(keeper(FakeSecrets(), "local")) == ((), ("mail", "stripe"))


def test_the_list_has_what_is_there_and_what_is_missing_and_no_value() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    kept.set("stripe", VALUE)
    kept.set("old", VALUE)
    store.create("shop-prod/database/app", VALUE, {})
    found = entries(kept, FakeParameters())
    assert [(each.name, each.state, each.used_by) for each in found] == [
        ("mail", "missing", ("api.MAIL_PASSWORD", "jobs.MAIL_USER")),
        ("old", "there", ()),
        ("ssm:/level", "missing", ("api.LEVEL",)),
        ("stripe", "there", ("api.STRIPE_KEY",)),
    ]
    assert VALUE not in str(found)
    assert store.shown == []


def test_the_check_finds_what_is_missing_without_its_key_empty_and_unused() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    store.create("shop-prod/stripe", " ", {})
    store.create("shop-prod/mail", json.dumps({"user": VALUE}), {})
    kept.set("old", VALUE)
    found = found_of(kept, store)
    assert found == [
        ("services.api.secrets.LEVEL", found[0][1], False),
        ("services.api.secrets.STRIPE_KEY", "the value of `shop-prod/stripe` is empty", False),
        ("services.api.secrets.MAIL_PASSWORD", "the secret `shop-prod/mail` has no key `password`", False),
        ("old", "no service uses it", True),
    ]
    assert VALUE not in str(found)


def test_where_values_may_not_be_read_the_check_says_what_it_does_not_know() -> None:
    store = FakeSecrets()
    kept = keeper(store)
    store.create("shop-prod/stripe", VALUE, {})
    store.create("shop-prod/mail", VALUE, {})
    store.hides = True
    found = found_of(kept, store)
    assert (
        "services.jobs.secrets.MAIL_USER",
        "whether `shop-prod/mail` has the key `user` is not known",
        True,
    ) in found
