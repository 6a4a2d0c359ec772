"""The reference is executed: samples load, every field has its row, and the row tells the truth."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from tagship.manifest.fargate import memory_in_words
from tagship.manifest.load import examine, loads
from tagship.manifest.schema import schema

DOCS = Path(__file__).parents[2] / "docs"
MANIFEST = (DOCS / "manifest.md").read_text(encoding="utf-8")
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(DOCS.parent.glob("*.md")), *sorted(DOCS.parent.glob("src/*/README.md"))]

ROW: Final = re.compile(r"^\| `([^`]+)` \| (.*) \| (.*) \| (.*) \|$", re.MULTILINE)
ROWS: Final = {found[1]: found.groups()[1:] for found in ROW.finditer(MANIFEST)}


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    real = [each for each in part.get("anyOf", ()) if each.get("type") != "null"]
    if real:
        return resolved({**real[0], **{key: value for key, value in part.items() if key != "anyOf"}})
    if "$ref" in part:
        return {**schema()["$defs"][part["$ref"].rpartition("/")[2]], **part}
    return part


def is_of_another(value: dict[str, Any]) -> bool:
    """Whether a field has the keys of a part that is described elsewhere."""
    below = resolved(value)
    titles = {each.get("title", "") for each in (below, resolved(below.get("additionalProperties") or {}))}
    return {"const": False} in value.get("anyOf", ()) or any(title.endswith("Override") for title in titles)


def fields(part: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Path, schema and whether it is required, of every field; a name that the user chooses is ``NAME``."""
    for key, value in part.get("properties", {}).items():
        here = f"{path}.{key}".removeprefix(".")
        below = resolved(value)
        yield here, below, key in part.get("required", ())
        if here.startswith("environments.NAME.") and is_of_another(value):
            continue  # what an environment changes of a part has the part's own keys
        yield from fields(below, here)
        values = below.get("additionalProperties")
        if isinstance(values, dict):
            yield from fields(resolved(values), f"{here}.NAME")


FIELDS = list(fields(schema()))
# An app's `site` and `network` stand in the first table, their keys in tables of their own.
NAMES = [path for path, _, _ in FIELDS]


def test_there_are_fields_at_every_depth() -> None:
    assert len(FIELDS) > 45
    assert "environments.NAME.domain.zone" in NAMES


def test_every_field_has_a_row() -> None:
    assert [path for path in NAMES if path not in ROWS] == []


def test_every_row_is_a_field() -> None:
    assert [path for path in ROWS if path not in NAMES] == []


@pytest.mark.parametrize(("path", "part", "required"), FIELDS, ids=NAMES)
def test_a_row_states_the_default_and_the_range_of_its_field(path: str, part: dict[str, Any], required: bool) -> None:  # noqa: FBT001
    kind, default, _ = ROWS[path]
    assert default.startswith("required") == required
    if path.startswith("environments."):
        return
    if isinstance(part.get("default"), str | int):
        assert default == f"`{json.dumps(part['default'])}`".replace(chr(34), "")
    if "minimum" in part:
        assert kind.startswith(f"{part['minimum']} to {part['maximum']}")
    if "enum" in part:
        assert kind == ", ".join(f"`{each}`" for each in part["enum"])


def samples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", MANIFEST, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("sample", samples("yaml"))
def test_a_sample_loads(sample: str) -> None:
    manifest = loads(sample)
    for name in manifest.environment_names:
        assert manifest.for_environment(name).services


def test_the_errors_in_the_text_are_those_that_are_said() -> None:
    (quoted,) = samples("text")
    text = "app: shop\nregion: eu-central-1\nservices:\n  api:\n    prot: 8000\n    cpu: 256\n    memory: 8192\n"
    misspelt, too_large = quoted.splitlines()
    assert misspelt in [f"tagship.yaml:{each.line}: {each}" for each in examine(text).problems]
    right = examine(text.replace("prot", "port")).problems
    assert too_large in [f"tagship.yaml:{each.line}: {each}" for each in right]


def test_the_table_of_sizes_is_fargates() -> None:
    table = dict(re.findall(r"^\| (\d+) \| (.*) \|$", MANIFEST, re.MULTILINE))
    assert {int(cpu): sizes.count(",") for cpu, sizes in table.items()}.keys() == {256 << step for step in range(7)}
    assert all(sizes == memory_in_words(int(cpu)) for cpu, sizes in table.items())


def headings(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_to_a_file_or_a_heading_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, heading = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        assert not heading or heading in headings(there), target


@pytest.mark.parametrize(
    "manifest", sorted(DOCS.parent.glob("examples/*/tagship.yaml")), ids=lambda path: path.parent.name
)
def test_an_example_has_a_manifest_without_problems(manifest: Path) -> None:
    assert examine(manifest.read_text(encoding="utf-8")).problems == ()


def test_the_workflow_asks_for_no_more_than_the_role_gives_and_may_ask_for_its_token() -> None:
    page = (DOCS / "operations.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(name: .*?)^```$", page, re.MULTILINE | re.DOTALL)
    workflow = YAML(typ="safe", pure=True).load(text)
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    checkout, credentials, _, ship = workflow["jobs"]["ship"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    role = (DOCS.parent / "src/tagship/infra/terraform/modules/github/main.tf").read_text(encoding="utf-8")
    assert f"max_session_duration = {credentials['with']['role-duration-seconds']}" in role
    assert ship["run"] == 'tagship deploy "$GITHUB_REF_NAME" --env production'
