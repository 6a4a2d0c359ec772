"""An environment as the embedded AWS plays it."""

from tagship.manifest.address import Address
from tagship.manifest.embedded import manifest_at
from tagship.manifest.load import loads
from tagship.manifest.model import EnvironmentManifest

TEXT = """
app: notes
region: eu-central-1
services:
  api:
    port: 8000
    count: {desired: 6, min: 4, max: 20}
    scaling:
      schedule:
        - {name: night, cron: "0 22 * * ? *", min: 0, max: 3}
        - {name: day, cron: "0 7 * * ? *", min: 4, max: 20}
  admin: {port: 8001, paths: [/admin/*]}
database: {}
environments:
  production:
    account: "123456789012"
    domain: {name: notes.example.com, zone: example.com}
    database: {instance: db.r7g.large, readers: {min: 2, max: 6}}
"""


def played(address: Address) -> EnvironmentManifest:
    return manifest_at(loads(TEXT), address)


def test_on_an_account_nothing_is_changed() -> None:
    found = played(Address("production"))
    assert found == loads(TEXT).for_environment("production")
    assert found.account == "123456789012"


def test_on_the_embedded_aws_only_the_account_is_another() -> None:
    there, here = played(Address("production")), played(Address("production", "local"))
    assert here == there.model_copy(update={"account": None})
    assert here.protect
    assert here.domain


def test_the_smallest_has_one_task_of_each_service_and_what_can_grow_grows_by_one() -> None:
    found = played(Address("production", "local-small"))
    count = found.services["api"].count
    assert (count.desired, count.min, count.max) == (1, 1, 2)
    scaling = found.services["api"].scaling
    assert scaling
    assert [(each.min, each.max) for each in scaling.schedule] == [(0, 2), (1, 2)]
    database = found.database
    assert database
    assert database.serverless
    assert (database.readers.min, database.readers.max) == (1, 2)
    assert found.domain == played(Address("production")).domain
    assert found.protect


def test_the_smallest_of_what_is_small_already_stays_valid() -> None:
    found = played(Address("local", "local-small"))
    again = EnvironmentManifest.model_validate(found.model_dump())
    assert again.services["admin"].count.desired == 1
