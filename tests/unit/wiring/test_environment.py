"""What an environment may do where it is."""

from pathlib import Path

import pytest

from tagship.base.errors import Refused
from tagship.base.events import Events
from tagship.manifest.address import Address
from tagship.wiring.environment import connect

MANIFEST = """
app: notes
region: eu-central-1
services: {api: {port: 8000}}
environments: {production: {}}
"""


def test_no_account_is_ever_given_a_fault(tmp_path: Path) -> None:
    manifest = tmp_path / "tagship.yaml"
    manifest.write_text(MANIFEST)
    with pytest.raises(Refused, match="never on an account") as caught:
        connect(manifest, Address("production"), Events()).rehearser()
    assert caught.value.hint == "tagship rehearse --env production --on local"
