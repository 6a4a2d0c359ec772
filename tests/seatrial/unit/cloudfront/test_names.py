"""Which names have HTTPS, and how a browser of this machine gets to them."""

from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.ground.errors import NotReady, ProgramMissing
from seatrial.http.certificates import Certificates, fingerprint
from seatrial.process.names import Named, browser, browser_options
from seatrial.services.cloudfront.names import Names, page
from seatrial.services.cloudfront.user_pools import names_of
from tests.seatrial.contract.cloudfront.harness import DISTRIBUTION

POOL = "shop-000000000000.auth.eu-central-1.amazoncognito.com"
ISSUER = "cognito-idp.eu-central-1.amazonaws.com"
NAMED = Named(("d1.cloudfront.net", ISSUER, POOL, "shop.example"), 8443, Path("ca.pem"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an authority's certificate."""
    certificates = Certificates(tmp_path_factory.mktemp("tls"), SystemClock())
    certificates.file(["d1.cloudfront.net"])
    return certificates.authority


def test_a_user_pool_has_its_issuers_name_and_the_one_where_people_sign_in() -> None:
    assert names_of({"Domain": "shop-000000000000"}, "eu-central-1") == {ISSUER, POOL}


def test_a_user_pool_without_a_domain_has_its_issuers_name_alone() -> None:
    assert names_of({}, "eu-central-1") == {ISSUER}


def test_distributions_have_their_own_names_and_their_aliases() -> None:
    names = Names.of([replace(DISTRIBUTION, aliases=("Shop.example", "*.shop.example"))], frozenset({POOL}))
    assert names.all == ["*.shop.example", "d1.cloudfront.net", POOL, "shop.example"]


def test_a_name_that_is_a_pattern_cannot_be_a_containers() -> None:
    names = Names.of([replace(DISTRIBUTION, aliases=("*.shop.example",))], frozenset())
    assert names.whole == {"d1.cloudfront.net"}


def test_no_names_are_told_where_nothing_answers_for_them() -> None:
    told = page(Names.of([DISTRIBUTION], frozenset()), 0, Path("ca.pem"))
    assert told == {"port": 0, "authority": "ca.pem", "names": []}


@pytest.mark.parametrize("name", ["localhost", "shop.localhost", "127.0.0.1", "host.docker.internal", "evil.example"])
def test_at_the_shared_port_a_distribution_has_no_name_but_those_of_aws(name: str) -> None:
    assert not DISTRIBUTION.is_called(name)


@pytest.mark.parametrize("name", ["d1.cloudfront.net", "shop.example"])
def test_at_the_shared_port_a_distribution_has_its_names_of_aws(name: str) -> None:
    assert DISTRIBUTION.is_called(name)


def test_a_browser_is_led_by_https_alone_and_by_no_name_that_is_not_ours(authority: Path) -> None:
    options = browser_options(NAMED, Path("/home/profile"), authority.read_bytes())
    rules = next(option for option in options if option.startswith("--host-resolver-rules="))
    assert rules.partition("=")[2].split(",") == [f"MAP {name}:443 127.0.0.1:8443" for name in NAMED.names]


def test_a_browser_trusts_the_authority_in_a_profile_of_its_own(authority: Path) -> None:
    options = browser_options(NAMED, Path("/home/profile"), authority.read_bytes())
    assert "--user-data-dir=/home/profile" in options
    assert f"--ignore-certificate-errors-spki-list={fingerprint(authority.read_bytes())}" in options


def test_an_authority_is_named_by_the_sha_256_of_its_public_key(authority: Path) -> None:
    assert len(b64decode(fingerprint(authority.read_bytes()))) == 32


def test_the_first_page_is_the_front_door_by_its_alias() -> None:
    assert NAMED.front_door() == "https://shop.example/"
    assert replace(NAMED, names=NAMED.names[:3]).front_door() == "https://d1.cloudfront.net/"


def test_without_a_distribution_there_is_no_page_to_open() -> None:
    with pytest.raises(NotReady, match="no distribution yet"):
        replace(NAMED, names=(ISSUER, POOL)).front_door()


def test_the_first_browser_that_is_there_is_started(authority: Path, tmp_path: Path) -> None:
    def found(program: str) -> str | None:
        return f"/usr/bin/{program}" if program in {"google-chrome", "microsoft-edge"} else None

    named = replace(NAMED, authority=authority)
    command = browser(InstanceSettings(tmp_path), named, "https://shop.example/cart", found)
    assert (command.argv[0], command.argv[-1]) == ("/usr/bin/google-chrome", "https://shop.example/cart")


def test_where_no_browser_is_there_it_is_said(authority: Path, tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing, match="Chromium's options"):
        browser(InstanceSettings(tmp_path), replace(NAMED, authority=authority), None, lambda _: None)


def test_a_chain_ends_with_the_authority(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path, SystemClock())
    chain = certificates.chain(["shop.example"])
    assert chain.read_bytes().endswith(certificates.authority.read_bytes())
    assert chain.stat().st_mode & 0o077 == 0
