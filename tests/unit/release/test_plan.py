from hypothesis import given
from hypothesis import strategies as st

from tagship.aws.ecs_shapes import Revision
from tagship.release.definition import CONTENT_TAG, Image, content_hash
from tagship.release.observation import ServiceObservation
from tagship.release.plan import Wanted, plan_deploy
from tagship.release.steps import BuildImage, RegisterRevision, UpdateService, WatchRollout
from unit.release.shop import INFRASTRUCTURE, REGISTRY, environment_manifest

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


def revision(number: int, content: str, *, active: bool = True) -> Revision:
    return Revision(f"arn:aws:ecs:x:1:task-definition/f:{number}", {}, {CONTENT_TAG: content}, active)


def observed(name: str, state: dict[str, object]) -> ServiceObservation:
    digest = str(state["digest"]) if state["digest"] else None
    ours = content_hash(WANTED.definition(name, WANTED.image(name, digest)))
    return ServiceObservation(
        current=revision(1, ours if state["current_is_ours"] else "other", active=bool(state["current_active"])),
        newest=revision(2, ours if state["newest_is_ours"] else "other"),
        desired=int(str(state["desired"])),
        image_digest=digest,
        known_deployments=frozenset(),
    )


@given(st.tuples(STATES, STATES))
def test_every_plan_builds_first_then_registers_then_rolls_one_service_after_the_other(
    states: tuple[dict[str, object], dict[str, object]],
) -> None:
    plan = plan_deploy(WANTED, {name: observed(name, state) for name, state in zip(SERVICES, states, strict=True)})
    order = [BuildImage, RegisterRevision]
    ranks = [order.index(type(step)) if type(step) in order else 2 for step in plan.steps]
    assert ranks == sorted(ranks)
    rollouts = [step for step in plan.steps if isinstance(step, UpdateService | WatchRollout)]
    for update, watch in zip(rollouts[::2], rollouts[1::2], strict=True):
        assert isinstance(update, UpdateService)
        assert isinstance(watch, WatchRollout)
        assert update.service == watch.service


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
    settled = {**state, "digest": "sha256:1", "current_is_ours": True, "current_active": True}
    assert plan_deploy(WANTED, {name: observed(name, settled) for name in SERVICES}).empty


def test_the_content_hash_does_not_depend_on_the_order_of_keys() -> None:
    definition = dict(WANTED.definition("api", Image(f"{REGISTRY}/shop-local/api", "sha256:1")))
    assert content_hash(definition) == content_hash(dict(reversed(definition.items())))


def test_another_digest_port_or_setting_is_another_content() -> None:
    first = WANTED.definition("api", WANTED.image("api", "sha256:1"))
    second = WANTED.definition("api", WANTED.image("api", "sha256:2"))
    assert content_hash(first) != content_hash(second)
