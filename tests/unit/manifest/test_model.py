"""One environment's overrides, applied."""

import pytest
from pydantic import ValidationError

from tagship.base.errors import ManifestInvalid
from tagship.manifest.fargate import memory_choices, memory_in_words
from tagship.manifest.load import loads
from tagship.manifest.model import Manifest

TEXT = """
app: shop
region: eu-central-1
services:
  api:
    port: 8000
    environment: {LEVEL: info, MODE: plain}
    count: {desired: 2, min: 2, max: 6}
    health: {path: /up, interval: 20}
environments:
  prod:
    account: "123456789012"
    region: eu-west-1
    network: {nat: per-zone}
    services:
      api:
        cpu: 1024
        memory: 2048
        environment: {LEVEL: warning, EXTRA: "1"}
        count: {desired: 4}
        health: {timeout: 15}
        stop_timeout: 60
"""


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return loads(TEXT)


def test_local_is_always_there_and_says_what_the_manifest_says(manifest: Manifest) -> None:
    local = manifest.for_environment("local")
    assert local.environment == "local"
    assert local.account is None
    assert local.region == "eu-central-1"
    assert local.services == manifest.services


def test_an_override_changes_what_it_names(manifest: Manifest) -> None:
    prod = manifest.for_environment("prod")
    assert (prod.account, prod.region) == ("123456789012", "eu-west-1")
    assert (prod.services["api"].cpu, prod.services["api"].memory) == (1024, 2048)
    assert prod.services["api"].stop_timeout == 60


def test_an_override_leaves_the_keys_beside_it(manifest: Manifest) -> None:
    prod = manifest.for_environment("prod")
    assert prod.network.nat == "per-zone"
    assert prod.network.cidr == manifest.network.cidr
    api = prod.services["api"]
    assert (api.count.desired, api.count.min, api.count.max) == (4, 2, 6)
    assert (api.health.path, api.health.interval, api.health.timeout) == ("/up", 20, 15)
    assert api.port == 8000


def test_environment_variables_are_added_and_replaced_by_name(manifest: Manifest) -> None:
    prod = manifest.for_environment("prod")
    assert prod.services["api"].environment == {"LEVEL": "warning", "MODE": "plain", "EXTRA": "1"}


def test_applying_an_override_does_not_change_the_manifest(manifest: Manifest) -> None:
    manifest.for_environment("prod")
    assert manifest.services["api"].environment == {"LEVEL": "info", "MODE": "plain"}


def test_an_unknown_environment_names_the_nearest_spelling(manifest: Manifest) -> None:
    with pytest.raises(ManifestInvalid, match="did you mean `prod`"):
        manifest.for_environment("prodd")


def test_an_unknown_environment_names_the_known_ones(manifest: Manifest) -> None:
    with pytest.raises(ManifestInvalid, match="`local`, `prod`") as caught:
        manifest.for_environment("xyz")
    assert "--env" in str(caught.value.hint)


def test_a_manifest_cannot_be_changed(manifest: Manifest) -> None:
    with pytest.raises(ValidationError):
        manifest.app = "other"


def test_fargate_offers_what_the_developer_guide_lists() -> None:
    assert memory_choices(256) == (512, 1024, 2048)
    assert memory_choices(512) == (1024, 2048, 3072, 4096)
    assert (memory_choices(16384)[0], memory_choices(16384)[-1]) == (32768, 122880)


def test_a_long_list_of_sizes_is_told_by_its_ends() -> None:
    assert memory_in_words(8192) == "16384 to 61440 in steps of 4096"
