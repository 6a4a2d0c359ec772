from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tagship.aws.ecs_shapes import Revision
from tagship.manifest.service import Service
from tagship.release.planning.observe import ServiceObservation
from tagship.release.planning.plan import LiveService, Undo, Wanted, plan_deploy, plan_undo, waves
from tagship.release.planning.steps import (
    AwaitDrain,
    BuildImage,
    Migrate,
    Plan,
    RegisterRevision,
    UpdateService,
    Verify,
    WatchRollouts,
)
from tagship.release.planning.task_definition import CONTENT_TAG, Image, content_hash
from tests.unit.release.harness import INFRASTRUCTURE, MANIFEST, REGISTRY, environment_manifest

WANTED = Wanted(environment_manifest(), INFRASTRUCTURE, "v1.0.0", "abc")
SERVICES = ("api", "worker")

STATES = st.fixed_dictionaries(
    {
        "digest": st.sampled_from([None, "sha256:1"]),
        "current_is_ours": st.booleans(),
        "newest_is_ours": st.booleans(),
        "current_active": st.booleans(),
        "desired": st.integers(min_value=0, max_value=9),
    }
)


def revision(number: int, content: str) -> Revision:
    return Revision(f"arn:aws:ecs:x:1:task-definition/f:{number}", {}, {CONTENT_TAG: content}, active=True)


def observed(name: str, state: dict[str, object]) -> ServiceObservation:
    digest = str(state["digest"]) if state["digest"] else None
    ours = content_hash(WANTED.definition(name, WANTED.image(name, digest)))
    content = ours if state["current_is_ours"] else "other"
    return ServiceObservation(
        revision="arn:aws:ecs:x:1:task-definition/f:1",
        content=content if state["current_active"] else "",
        newest=revision(2, ours if state["newest_is_ours"] else "other"),
        desired=int(str(state["desired"])),
        image_digest=digest,
        rolling=False,
        port=0,
        network={},
        never_released=False,
    )


@given(st.tuples(STATES, STATES))
def test_every_plan_builds_first_then_registers_then_rolls_wave_after_wave(
    states: tuple[dict[str, object], dict[str, object]],
) -> None:
    plan = plan_deploy(WANTED, {name: observed(name, state) for name, state in zip(SERVICES, states, strict=True)})
    order = [Verify, BuildImage, RegisterRevision]
    ranks = [order.index(type(step)) if type(step) in order else 3 for step in plan.steps]
    assert ranks == sorted(ranks)
    rollouts = [stage for stage in plan.stages if isinstance(stage[0], UpdateService | WatchRollouts)]
    for updates, watches in zip(rollouts[::2], rollouts[1::2], strict=True):
        (watch,) = watches
        assert isinstance(watch, WatchRollouts)
        assert watch.services == tuple(step.service for step in updates if isinstance(step, UpdateService))


def services(after: dict[str, tuple[str, ...]]) -> dict[str, Service]:
    return {name: Service(port=80, after=names) for name, names in after.items()}


def test_the_first_service_is_the_gatekeeper_and_the_others_go_together() -> None:
    assert list(waves(services({"api": (), "worker": (), "mail": ()}))) == [("api",), ("worker", "mail")]


def test_a_service_goes_when_those_it_names_serve() -> None:
    order = services({"web": ("api", "mail"), "api": (), "mail": (), "chat": ("web",)})
    assert list(waves(order)) == [("api",), ("mail",), ("web",), ("chat",)]


@given(st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8))
def test_every_service_stands_in_one_wave_after_those_it_names(picks: list[list[int]]) -> None:
    # A service can name only those before it, so that there is no circle.
    names = [f"s{number}" for number in range(len(picks))]
    after = {
        name: tuple(dict.fromkeys(names[pick % number] for pick in picks[number])) if number else ()
        for number, name in enumerate(names)
    }
    order = [set(wave) for wave in waves(services(after))]
    assert sorted(name for wave in order for name in wave) == sorted(names)
    place = {name: number for number, wave in enumerate(order) for name in wave}
    assert all(place[other] < place[name] for name, others in after.items() for other in others)
    assert order[0] == {names[0]}


def test_a_migration_runs_between_the_revision_and_the_first_rollout() -> None:
    manifest = environment_manifest(
        MANIFEST.replace("    port: 8000\n", "    port: 8000\n    migrate: {command: [up]}\n")
    )
    wanted = replace(WANTED, manifest=manifest)
    fresh = {"digest": "sha256:1", "current_is_ours": False, "newest_is_ours": False, "current_active": True}
    plan = plan_deploy(wanted, {name: observed(name, {**fresh, "desired": 1}) for name in SERVICES})
    kinds = [type(stage[0]) for stage in plan.stages]
    waves = [UpdateService, WatchRollouts, UpdateService, WatchRollouts]
    assert kinds == [Verify, RegisterRevision, Migrate, *waves, AwaitDrain]


@given(st.tuples(STATES, STATES))
def test_no_step_stands_twice_in_a_plan(states: tuple[dict[str, object], dict[str, object]]) -> None:
    plan = plan_deploy(WANTED, {name: observed(name, state) for name, state in zip(SERVICES, states, strict=True)})
    assert len(set(plan.steps)) == len(plan.steps)


@given(STATES)
def test_a_new_revision_is_registered_only_when_no_known_one_has_the_content(state: dict[str, object]) -> None:
    plan = plan_deploy(WANTED, {name: observed(name, state) for name in SERVICES})
    registers = any(isinstance(step, RegisterRevision) for step in plan.steps)
    runs_it = state["current_is_ours"] and state["current_active"]
    assert registers == (not state["digest"] or not (runs_it or state["newest_is_ours"]))


@given(STATES)
def test_a_service_that_runs_the_content_already_is_left_alone(state: dict[str, object]) -> None:
    settled = {**state, "digest": "sha256:1", "current_is_ours": True, "current_active": True, "desired": 2}
    assert plan_deploy(WANTED, {name: observed(name, settled) for name in SERVICES}).empty


def test_the_content_hash_does_not_depend_on_the_order_of_keys() -> None:
    definition = dict(WANTED.definition("api", Image(f"{REGISTRY}/shop-local/api", "sha256:1")))
    assert content_hash(definition) == content_hash(dict(reversed(definition.items())))


def test_another_digest_port_or_setting_is_another_content() -> None:
    first = WANTED.definition("api", WANTED.image("api", "sha256:1"))
    second = WANTED.definition("api", WANTED.image("api", "sha256:2"))
    assert content_hash(first) != content_hash(second)


API, FIRST = LiveService("api", "shop-api:1"), LiveService("worker", "shop-worker:1", never_released=True)


def undo_of(*live: LiveService, contracted: bool = False, drained: bool = True) -> Undo:
    return plan_undo("v1.1.0", live, contracted=contracted, drained=drained)


def test_an_undo_points_what_is_live_at_the_revision_before_and_at_its_port() -> None:
    undo = undo_of(replace(API, port=8000))
    assert undo.plan.steps == (
        UpdateService("api", "shop-api:1", port=8000),
        WatchRollouts(("api",)),
        AwaitDrain(("api",)),
    )
    assert undo.left_alone == ()


def test_an_undo_leaves_alone_what_has_nothing_to_go_back_to() -> None:
    assert [step.service for step in undo_of(API, FIRST).plan.steps if isinstance(step, UpdateService)] == ["api"]
    assert undo_of(FIRST) == Undo(Plan("v1.1.0", ()), ("worker",))


def test_after_a_migration_that_contracts_an_undo_leaves_everything_alone() -> None:
    assert undo_of(API, contracted=True) == Undo(Plan("v1.1.0", ()), ("api",))


def test_an_undo_waits_for_the_drain_only_where_the_release_does() -> None:
    assert not any(isinstance(step, AwaitDrain) for step in undo_of(API, drained=False).plan.steps)


def test_where_nothing_is_live_there_is_nothing_to_undo() -> None:
    assert undo_of() == Undo(Plan("v1.1.0", ()))
