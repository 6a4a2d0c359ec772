"""Which environment is meant, and on which AWS."""

import pytest

from tagship.manifest.address import Address


@pytest.mark.parametrize(
    ("address", "embedded", "folder", "typed"),
    [
        (Address(), True, "local", ""),
        (Address("local", "local"), True, "local", ""),
        (Address("local", "local-small"), True, "local", " --on local-small"),
        (Address("production"), False, "production", " --env production"),
        (Address("production", "aws"), False, "production", " --env production"),
        (Address("production", "local"), True, "production@local", " --env production --on local"),
        (Address("production", "local-small"), True, "production@local", " --env production --on local-small"),
    ],
)
def test_an_environment_on_the_embedded_aws_shares_no_folder_with_the_one_on_an_account(
    address: Address, *, embedded: bool, folder: str, typed: str
) -> None:
    assert (address.embedded, address.folder, address.typed) == (embedded, folder, typed)


def test_local_is_never_on_an_account() -> None:
    assert Address("local", "aws").impossible
    assert not Address("production", "aws").impossible
