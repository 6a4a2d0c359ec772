import pytest

from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.capacity import assigned, check

SPOT, STEADY = "FARGATE_SPOT", "FARGATE"


@pytest.mark.parametrize(
    ("strategy", "running", "count", "providers"),
    [
        ([(STEADY, 1, 0)], {}, 2, [STEADY, STEADY]),
        ([(STEADY, 1, 0), (SPOT, 1, 0)], {}, 4, [STEADY, SPOT, STEADY, SPOT]),
        ([(STEADY, 1, 0), (SPOT, 4, 0)], {}, 5, [SPOT, SPOT, SPOT, STEADY, SPOT]),
        ([(STEADY, 0, 2), (SPOT, 1, 0)], {}, 4, [STEADY, STEADY, SPOT, SPOT]),
        ([(STEADY, 1, 2), (SPOT, 1, 0)], {STEADY: 2}, 2, [STEADY, SPOT]),
        ([(STEADY, 1, 0), (SPOT, 1, 0)], {STEADY: 3}, 2, [SPOT, SPOT]),
    ],
)
def test_bases_come_first_and_weights_share_the_rest(
    strategy: list[tuple[str, int, int]], running: dict[str, int], count: int, providers: list[str]
) -> None:
    items = [{"capacityProvider": name, "weight": weight, "base": base} for name, weight, base in strategy]
    found = assigned(items, running, count)
    assert sorted(found) == sorted(providers)
    if sum(base for *_, base in strategy):
        assert found == providers


@pytest.mark.parametrize(
    "strategy",
    [
        [{"capacityProvider": "OTHER", "weight": 1}],
        [{"capacityProvider": STEADY, "weight": 0}],
        [{"capacityProvider": STEADY, "weight": 1, "base": 1}, {"capacityProvider": SPOT, "base": 1}],
        [{"capacityProvider": STEADY, "weight": 1}] * 21,
    ],
)
def test_what_is_no_strategy_is_refused(strategy: list[dict[str, object]]) -> None:
    with pytest.raises(AwsCallError, match="InvalidParameterException"):
        check(strategy, [STEADY, SPOT])
