import pytest

from seatrial.services.throttling.buckets import Level, Rate, falls_to_others, refilled, taken

RATE = Rate(burst=50, refill=20)


@pytest.mark.parametrize(
    ("level", "now", "tokens"),
    [
        (None, 7.0, 50),
        (Level(0, 0), 0.0, 0),
        (Level(0, 0), 0.5, 10),
        (Level(0, 0), 2.5, 50),  # the example of AWS's page
        (Level(0, 0), 60.0, 50),
        (Level(45, 10), 10.1, 47),
    ],
)
def test_a_bucket_refills_at_its_rate_up_to_its_size(level: Level | None, now: float, tokens: float) -> None:
    found = refilled(level, RATE, now)
    assert found.tokens == pytest.approx(tokens)
    assert found.at == now


@pytest.mark.parametrize(("tokens", "left"), [(50, 49), (1, 0), (0.9, None), (0, None)])
def test_a_call_takes_a_whole_token_or_none(tokens: float, left: float | None) -> None:
    found = taken(Level(tokens, 3))
    assert (found.tokens if found else None) == left


@pytest.mark.parametrize(
    ("share", "pattern"),
    [
        (1.0, "xxxxxxxxxx"),
        (0.5, ".x.x.x.x.x"),
        (0.1, ".........x"),
        (0.8, ".xxxx.xxxx"),
        (0.0, ".........."),
    ],
)
def test_the_share_of_others_is_spread_evenly(share: float, pattern: str) -> None:
    assert "".join("x" if falls_to_others(count, share) else "." for count in range(10)) == pattern
