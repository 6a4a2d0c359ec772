import pytest

from tests.seatrial.contract.cloudfront.distributions import Place, build
from tests.seatrial.contract.conftest import RunningAws


@pytest.fixture
def place(local_aws: RunningAws) -> Place:
    return build(local_aws)
