"""What people do by hand between releases."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tagship.base.errors import LeaseHeld, NotReady, Refused
from tagship.base.fakes import Call
from tagship.release.events import Diagnosed, OneOffOutput, Scaling
from tagship.release.health import State
from tagship.release.manual import ManualOperations
from tagship.release.records.record import draft_record
from tests.unit.release.harness import MANIFEST, WHO, Shop, asking, dead_task, environment_manifest


def manual_of(shop: Shop) -> ManualOperations:
    return ManualOperations(shop.doors, shop.ledger, lambda: shop.infrastructure, shop.manifest, WHO)


def shop_of(*versions: str, text: str = MANIFEST) -> Shop:
    shop = Shop(manifest=environment_manifest(text))
    for version in versions:
        shop.deployer().deploy(asking(version))
    return shop


def test_a_service_gets_another_number_of_tasks_and_no_deployment() -> None:
    shop = shop_of("v1.0.0")
    revision = shop.revision_of("api")
    assert manual_of(shop).scale("api", 3, beyond=False, patience=5).done
    assert shop.ecs.service("shop-local", "api").desired == 3
    assert shop.revision_of("api") == revision
    assert shop.heard(Scaling)[0].desired == 3


def test_a_service_that_is_down_is_not_scaled_and_the_way_out_is_named() -> None:
    shop = shop_of("v1.0.0")
    shop.elb.healthy["api"] = 0
    with pytest.raises(Refused, match="`api` is DOWN: 0 of 2 tasks healthy") as refused:
        manual_of(shop).scale("api", 3, beyond=False, patience=5)
    assert refused.value.hint == "tagship recover"
    assert shop.ecs.service("shop-local", "api").desired == 2


@pytest.mark.parametrize(("healthy", "state"), [(0, State.DOWN), (2, State.DEGRADED)])
def test_tasks_that_do_not_get_healthy_in_time_are_told(healthy: int, state: State) -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.scale("shop-local", "api", 0)
    shop.elb.healthy["api"] = healthy
    scaled = manual_of(shop).scale("api", 3, beyond=False, patience=5)
    assert (scaled.done, scaled.health.state) == (False, state)


def test_a_service_that_is_down_may_be_scaled_to_nothing() -> None:
    shop = shop_of("v1.0.0")
    shop.elb.healthy["api"] = 0
    assert manual_of(shop).scale("api", 0, beyond=True, patience=5).done


def test_a_number_beyond_the_manifest_must_be_meant() -> None:
    shop = shop_of("v1.0.0")
    with pytest.raises(Refused, match="goes from 1 to 4; 9 is outside"):
        manual_of(shop).scale("api", 9, beyond=False, patience=5)
    manual_of(shop).scale("api", 9, beyond=True, patience=1)
    assert shop.ecs.service("shop-local", "api").desired == 9


def test_nobody_scales_while_a_release_runs() -> None:
    shop = shop_of("v1.0.0")
    with shop.ledger.turn(draft_record("deploy", "v2.0.0", "abc", "ben@laptop")), pytest.raises(LeaseHeld):
        manual_of(shop).scale("api", 3, beyond=False, patience=5)


def test_a_command_runs_in_what_serves_and_gives_its_exit_code_and_its_lines() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.exit_codes["clean"] = 4
    shop.logs.lines["/ecs/shop-local/api", "api/api/x"] = ["cleaned 7"]
    ended = manual_of(shop).run("api", ("clean", "--all"), timeout=60)
    assert (ended.exit_code, ended.late) == (4, False)
    assert shop.ecs.ran[-1].task_definition == shop.revision_of("api")
    assert shop.ecs.ran[-1].command == ("clean", "--all")


def test_the_lines_of_a_command_are_told_once_each() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.exit_codes["clean"] = 0

    def lines_after(tell: Call, group: str, stream: str, token: str) -> object:
        shop.logs.lines.setdefault((group, stream), ["one", "two"])
        return tell(group, stream, token)

    shop.logs.on("lines_after", lines_after)
    manual_of(shop).run("api", ("clean",), timeout=60)
    assert [event.lines for event in shop.heard(OneOffOutput)] == [("one", "two")]


def test_a_command_that_takes_too_long_is_stopped() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.exit_codes["hang"] = None
    ended = manual_of(shop).run("api", ("hang",), timeout=10)
    assert ended.late
    assert "stop" in shop.ecs.calls


COMMANDS = [
    (["KeyError: 'DATABASE_URL'"], ["missing-setting"]),
    (["sh: 1: psql: not found"], ["entry-point-missing"]),
    (["no such order"], []),
    ([], []),
]


@pytest.mark.parametrize(("lines", "causes"), COMMANDS, ids=[str(lines) for lines, _ in COMMANDS])
def test_a_command_that_fails_is_told_a_cause_where_there_is_more_to_say_than_its_exit_code(
    lines: list[str], causes: list[str]
) -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.exit_codes["clean"] = 1
    shop.logs.on("last_lines", lambda *_: lines)
    manual_of(shop).run("api", ("clean",), timeout=60)
    assert [event.diagnosis.cause for event in shop.heard(Diagnosed)] == causes
    assert {event.one_off for event in shop.heard(Diagnosed)} <= {"command"}


def test_a_command_that_ends_well_is_told_no_cause() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.exit_codes["clean"] = 0
    shop.logs.on("last_lines", lambda *_: ["KeyError: 'DATABASE_URL'"])
    manual_of(shop).run("api", ("clean",), timeout=60)
    assert shop.heard(Diagnosed) == []


def test_before_the_first_release_there_is_nothing_to_run() -> None:
    with pytest.raises(NotReady, match="There is no release yet"):
        manual_of(shop_of()).run("api", ("clean",), timeout=10)


ASKED: dict[str, Callable[[ManualOperations], object]] = {
    "scale": lambda hands: hands.scale("apy", 1, beyond=False, patience=1),
    "run": lambda hands: hands.run("apy", ("x",), timeout=1),
    "task": lambda hands: hands.task("apy", None),
}


@pytest.mark.parametrize("what", ASKED)
def test_a_service_that_is_not_there_is_guessed(what: str) -> None:
    with pytest.raises(Refused, match="There is no service `apy`; did you mean `api`"):
        ASKED[what](manual_of(shop_of("v1.0.0")))


def test_a_terminal_needs_the_manifests_word_and_a_task_that_runs() -> None:
    with pytest.raises(Refused, match=r"`services\.api\.exec` is false"):
        manual_of(shop_of("v1.0.0")).task("api", None)
    shop = shop_of("v1.0.0", text=MANIFEST.replace("    port: 8000\n", "    port: 8000\n    exec: true\n"))
    with pytest.raises(Refused, match="No task of `api` is running"):
        manual_of(shop).task("api", None)
    running = replace(dead_task("api", shop.revision_of("api")), status="RUNNING")
    shop.ecs.on("tasks", lambda *_, **__: [running])
    assert manual_of(shop).task("api", running.id[:4]) == ("shop-local", running, "api")
    with pytest.raises(Refused, match="No task `nobody` of `api`"):
        manual_of(shop).task("api", "nobody")
