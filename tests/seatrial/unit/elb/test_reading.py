"""Reading the ELBv2 API: attributes are asked for once, and again once they are forgotten."""

from typing import Any

from seatrial.core.internal import AwsCallError
from seatrial.services.elb.control.reading import Reader


class FakeElb:
    """One target group with one attribute; counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.delay = "300"
        self.gone = False

    async def call(
        self, _service: str, operation: str, /, *, region: str | None = None, **_params: str
    ) -> dict[str, Any]:
        assert region == "eu-central-1"
        self.asked.append(operation)
        if operation == "DescribeTargetGroups":
            return {"TargetGroups": [{"TargetGroupArn": "group"}]}
        if operation == "DescribeTargetGroupAttributes":
            if self.gone:
                raise AwsCallError("TargetGroupNotFound", "gone")
            return {"Attributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": self.delay}]}
        return {}


async def delay(elb: FakeElb, known: dict[str, dict[str, str]]) -> str | None:
    read = await Reader(elb, "eu-central-1", known).read()
    return read.group_attributes["group"].get("deregistration_delay.timeout_seconds")


async def test_attributes_that_are_known_are_not_asked_for_again() -> None:
    elb, known = FakeElb(), dict[str, dict[str, str]]()
    assert [await delay(elb, known) for _ in range(3)] == ["300"] * 3
    assert elb.asked.count("DescribeTargetGroupAttributes") == 1


async def test_attributes_that_were_forgotten_are_asked_for_again() -> None:
    elb, known = FakeElb(), dict[str, dict[str, str]]()
    await delay(elb, known)
    elb.delay = "5"
    known.clear()
    assert await delay(elb, known) == "5"


async def test_attributes_that_could_not_be_read_are_not_known() -> None:
    elb, known = FakeElb(), dict[str, dict[str, str]]()
    elb.gone = True
    assert await delay(elb, known) is None
    elb.gone = False
    assert await delay(elb, known) == "300"
