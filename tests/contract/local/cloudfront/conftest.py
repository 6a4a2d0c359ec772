import pytest

from contract.conftest import RunningAws
from contract.local.cloudfront.stage import Place, build


@pytest.fixture
def place(local_aws: RunningAws) -> Place:
    return build(local_aws)
