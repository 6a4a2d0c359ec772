import pytest

from tests.contract.conftest import RunningAws
from tests.seatrial.contract.cloudfront.stage import Place, build


@pytest.fixture
def place(local_aws: RunningAws) -> Place:
    return build(local_aws)
