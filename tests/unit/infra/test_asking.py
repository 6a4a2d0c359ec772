from collections.abc import Callable

import pytest

from tagship.infra.asking import Asker, leads_to
from tagship.infra.live import LiveChange, Question
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service
from tagship.manifest.systems import Network
from tests.unit.infra.harness import FakeTargets, Target

CHANGE = LiveChange("health", "address", "api", "effect", "safe", Question("tg", "/api/health", 5))
TWO = [Target("10.0.0.1:8000"), Target("10.0.0.2:8000"), Target("10.0.0.3:8000", "draining")]


def manifest(*, sign_in: bool = False, path: str = "/api/*") -> EnvironmentManifest:
    api = Service(port=8000, paths=(path,)).model_copy(update={"sign_in": sign_in})
    return EnvironmentManifest(
        app="notes",
        environment="staging",
        account=None,
        region="eu-central-1",
        network=Network(),
        services={"api": api, "web": Service(port=1)},
        site=None,
    )


class Web:
    """Answers by URL; everything else is refused."""

    def __init__(self, **answers: int | str) -> None:
        self.answers, self.asked = answers, list[tuple[str, float]]()

    def get(self, url: str, timeout: float) -> int | str:
        self.asked.append((url, timeout))
        return next((answer for part, answer in self.answers.items() if part in url), "connection refused")


def asked(
    web: Web, targets: list[Target], front: Callable[[], str | None] = lambda: None, **said: str | bool
) -> LiveChange:
    asker = Asker(FakeTargets(targets), web.get, manifest(**said), front)  # type: ignore[arg-type]  # by name
    return asker.probed(CHANGE)


def test_each_healthy_task_is_asked_the_new_path_within_the_new_time() -> None:
    web = Web(health=200)

    answer = asked(web, TWO)

    assert web.asked == [("http://10.0.0.1:8000/api/health", 5.0), ("http://10.0.0.2:8000/api/health", 5.0)]
    assert answer.well
    assert answer.answer == "Checked on each of 2 healthy tasks: `/api/health` returns HTTP 200"


@pytest.mark.parametrize(("status", "said"), [(404, "HTTP 404"), (500, "HTTP 500"), ("no answer", "no answer")])
def test_a_task_that_does_not_answer_well_is_told(status: int | str, said: str) -> None:
    answer = asked(Web(health=status), TWO[:1])

    assert not answer.well
    assert answer.answer == (
        f"Checked on the one healthy task: the running version responds to `/api/health` with {said}"
    )


def test_a_redirect_is_as_good_to_a_load_balancer_as_an_answer() -> None:
    assert asked(Web(health=302), TWO).well


def test_one_bad_answer_of_many_is_one_too_many() -> None:
    web = Web()
    web.answers = {"10.0.0.1": 200, "10.0.0.2": 404}

    assert not asked(web, TWO).well


def test_where_no_task_is_healthy_none_is_lost() -> None:
    web = Web()

    assert asked(web, [Target("10.0.0.1:8000", "unhealthy")]).well
    assert web.asked == []


def test_on_aws_it_is_asked_through_the_front_door_more_than_once_for_each_task() -> None:
    web = Web(health=200)

    answer = asked(web, TWO, lambda: "https://shop.example.com/")

    assert web.asked == [("https://shop.example.com/api/health", 5.0)] * 4
    assert answer.well


def test_where_the_front_door_leads_the_path_elsewhere_it_is_not_asked_and_not_well() -> None:
    web = Web(health=200)

    answer = asked(web, TWO, lambda: "https://shop.example.com", path="/other/*")

    assert web.asked == []
    assert not answer.well
    assert "CloudFront does not route `/api/health` to `api`" in answer.answer


def test_where_the_front_door_asks_who_one_is_it_is_not_asked_and_not_well() -> None:
    web = Web(health=302)

    answer = asked(web, TWO, lambda: "https://shop.example.com", sign_in=True)

    assert web.asked == []
    assert not answer.well
    assert "requires sign-in" in answer.answer


def test_a_change_without_a_question_stays_as_it_is() -> None:
    plain = LiveChange("paths", "address", "api", "effect", "safe")

    assert Asker(FakeTargets(), Web().get, manifest()).probed(plain) == plain


def test_the_most_exact_pattern_says_where_a_path_leads() -> None:
    assert leads_to(manifest(), "/api/health") == "api"
    assert leads_to(manifest(), "/health") == "web"


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("/about/*", "Live files with such a path: 2, for example `/about/a.png`"),
        ("/index.html", "Live files with such a path: 1, for example `/index.html`"),
        ("/api/*", ""),
        ("/about", ""),
    ],
)
def test_a_path_is_taken_from_the_front_end_only_where_one_of_its_files_has_it(pattern: str, answer: str) -> None:
    plain = LiveChange("site-paths", "address", "", "effect", "safe", takes=("/never/*", pattern))
    published = ("index.html", "about/index.html", "about/a.png")
    found = Asker(FakeTargets(), Web().get, manifest(), published=lambda: published).probed(plain)
    assert (found.answer, found.well) == (answer or "No live file has such a path", not answer)
