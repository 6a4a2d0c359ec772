"""Shell lies in files of its own, and shellcheck finds nothing in it: as it is written, or as it is rendered."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tagship.infra.workspace import SOURCES
from tagship.pipeline.remote import Remote, hook_script
from tests.shellcheck import complaints
from tests.unit.infra.hcl import rendered

HOST = {
    "region": "eu-central-1",
    "secret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:vpn",
    "log_group": "/vpn/notes",
    "settings": '{"logs":{}}',
    "report": ":",
    "firewall": "table inet vpn {\n}\n",
    "configuration": "port 1194\n",
    "keys": "#!/bin/bash\n",
    "logging": "",
}

Values = Mapping[str, str | Sequence[str]]

TEMPLATES: dict[str, tuple[str, Values]] = {
    "modules/dashboards/start.sh.tftpl": ("sh", {"home": "/tmp/tagship", "paths": ["dashboards/0.json", "a.yaml"]}),
    "modules/vpn/host/boot.sh.tftpl": ("bash", HOST),
    "modules/vpn/host/logging.sh.tftpl": ("bash", HOST),
    "modules/vpn/host/report.sh.tftpl": ("bash", HOST),
    "modules/vpn/host/vpn-keys.sh.tftpl": ("bash", HOST),
}
"""Each template of a shell script: which shell runs it, and what it may be rendered with."""

GIVEN_BY_THE_REST = "SC2154"
"""A piece of a script uses what the script makes that it becomes a part of."""


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_rendered_template_leaves_shellcheck_nothing_to_say(name: str, tmp_path: Path) -> None:
    shell, values = TEMPLATES[name]
    script = rendered((SOURCES / name).read_text(encoding="utf-8"), values)

    assert complaints(script, tmp_path, f"--shell={shell}", f"--exclude={GIVEN_BY_THE_REST}") == ""


def test_every_template_of_shell_is_looked_at() -> None:
    assert set(TEMPLATES) == {path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*.sh.tftpl")}


def test_the_hook_leaves_shellcheck_nothing_to_say(tmp_path: Path) -> None:
    remote = Remote.of(Path("/home of/notes"), Path("/opt/python"), {"TAGSHIP_HOME": "/tmp/a home"})

    assert complaints(hook_script(remote), tmp_path) == ""


def test_a_script_with_a_fault_is_found(tmp_path: Path) -> None:
    assert "SC2086" in complaints("#!/bin/sh\nrm -r $1/etc\n", tmp_path)
