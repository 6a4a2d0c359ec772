"""The house rules hold, and each of them is able to fail."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests import house_rules as rules
from tests.house_rules import File, Rule

ROOT = Path(__file__).parents[2]


def below(*patterns: str) -> list[File]:
    paths = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return [File.read(ROOT, path) for path in sorted(paths) if "__pycache__" not in path.parts]


SOURCE = ("src/**/*.py",)
TESTS = ("tests/**/*.py",)
PYTHON = (*SOURCE, *TESTS, "examples/*/*.py", "examples/*/[!.]*/*.py", "scripts/*.py")
TERRAFORM = ("src/**/*.tf", "src/**/*.tftpl", "src/**/*.hcl", "tests/**/*.tf", "tests/**/*.hcl")
LOCKS = ("requirements/*.txt", "examples/*/requirements.txt", "**/package-lock.json")
TEXTS = (*SOURCE, "src/**/*.tf", "src/**/*.hcl", "src/**/*.tftpl", "examples/*/*.py", "scripts/*", "docs/*.md")

RULES: dict[str, tuple[Rule, tuple[str, ...]]] = {
    "boto3 is imported in aws/ only": (rules.boto3_in_aws_only, SOURCE),
    "botocore is imported in aws/ and seatrial only": (rules.botocore_in_aws_and_seatrial_only, SOURCE),
    "docker is imported at its doors only": (rules.docker_at_its_doors_only, SOURCE),
    "programs start in base/process.py only": (rules.programs_in_process_only, SOURCE),
    "printing is done in cli/output.py only": (rules.printing_in_output_only, SOURCE),
    "time is read in base/clock.py only": (rules.time_in_clock_only, SOURCE),
    "base imports the standard library only": (rules.base_is_standard_library, SOURCE),
    "tests pass fakes in": (rules.nothing_is_patched, TESTS),
    "no file is over 400 lines": (rules.files_are_short, (*PYTHON, *TERRAFORM, "scripts/*.sh", ".ci/run")),
    "no function is over 40 lines": (rules.functions_are_short, PYTHON),
    "no class is over 250 lines": (rules.classes_are_short, PYTHON),
    "no function takes over 4 positional parameters": (rules.few_positional_parameters, PYTHON),
    "shell lies in files of its own": (rules.shell_has_its_own_files, ("src/**/*.tf",)),
    "lock files name no registry": (rules.lock_files_name_no_registry, LOCKS),
    "no file names a path of a machine": (rules.no_path_of_a_machine, TEXTS),
}


@pytest.mark.parametrize("name", RULES)
def test_the_house_keeps_its_rule(name: str) -> None:
    rule, where = RULES[name]
    assert broken(rule, below(*where)) == []


def test_every_exception_of_ours_is_in_the_tree() -> None:
    assert list(rules.exceptions_are_ours(below(*SOURCE))) == []


def test_every_rule_has_files_to_look_at() -> None:
    assert [name for name, (_, where) in RULES.items() if not below(*where)] == []


def broken(rule: Rule, files: Iterable[File]) -> list[str]:
    return [line for file in files for line in rule(file)]


LONG = "def f():\n" + "    x = 1\n" * 40
SPOKEN = 'def f():\n    """A\n' + "    b\n" * 40 + '    """\n    return 1\n'

BROKEN: list[tuple[str, str, str]] = [
    ("boto3 is imported in aws/ only", "src/tagship/release/a.py", "import boto3"),
    ("boto3 is imported in aws/ only", "src/seatrial/a.py", "from boto3.session import Session"),
    ("boto3 is imported in aws/ only", "src/tagship/infra/a.py", "def f():\n    import boto3"),
    ("botocore is imported in aws/ and seatrial only", "src/tagship/release/a.py", "from botocore import errorfactory"),
    ("docker is imported at its doors only", "src/seatrial/core/service.py", "import docker.errors"),
    ("docker is imported at its doors only", "src/tagship/release/a.py", "from docker import from_env"),
    ("programs start in base/process.py only", "src/tagship/infra/a.py", "import subprocess"),
    ("programs start in base/process.py only", "src/tagship/infra/a.py", "import os\nos.system('ls')"),
    ("programs start in base/process.py only", "src/seatrial/a.py", "import os\nos.execvp('a', [])"),
    ("programs start in base/process.py only", "src/seatrial/a.py", "import sys\nx = (sys.executable, '-m', 'y')"),
    (
        "programs start in base/process.py only",
        "src/seatrial/a.py",
        "import asyncio\nasyncio.create_subprocess_exec()",
    ),
    ("printing is done in cli/output.py only", "src/tagship/cli/a.py", "print('x')"),
    ("printing is done in cli/output.py only", "src/tagship/cli/a.py", "import click\nclick.echo('x')"),
    ("printing is done in cli/output.py only", "src/tagship/release/a.py", "from rich.console import Console"),
    ("printing is done in cli/output.py only", "src/seatrial/a.py", "import sys\nsys.stderr.write('x')"),
    ("time is read in base/clock.py only", "src/tagship/release/a.py", "import time"),
    ("time is read in base/clock.py only", "src/tagship/release/a.py", "from time import monotonic"),
    ("time is read in base/clock.py only", "src/seatrial/a.py", "from datetime import datetime\ndatetime.now()"),
    ("time is read in base/clock.py only", "src/seatrial/a.py", "import datetime\ndatetime.datetime.utcnow()"),
    ("time is read in base/clock.py only", "src/seatrial/a.py", "from datetime import date\nx = date.today"),
    ("base imports the standard library only", "src/tagship/base/a.py", "import click"),
    ("base imports the standard library only", "src/tagship/base/a.py", "from tagship.aws import ecs"),
    ("tests pass fakes in", "tests/a.py", "from unittest import mock"),
    ("tests pass fakes in", "tests/a.py", "from unittest.mock import patch"),
    ("tests pass fakes in", "tests/a.py", "def test(monkeypatch):\n    monkeypatch.setattr(a, 'b', 1)"),
    ("tests pass fakes in", "tests/a.py", "def test(mocker):\n    mocker.patch('a.b')"),
    ("tests pass fakes in", "tests/a.py", "setattr(shop.ecs, 'services', services)"),
    ("tests pass fakes in", "tests/a.py", "shop.ecs.services = services  # type: ignore[assignment,method-assign]"),
    ("tests pass fakes in", "tests/a.py", "import os\nos.environ = {}"),
    ("tests pass fakes in", "tests/a.py", "from tagship.aws import fakes\nfakes.FakeEcs.services = services"),
    ("tests pass fakes in", "tests/a.py", "from tagship.aws.fakes import FakeEcs\ndel FakeEcs.services"),
    ("tests pass fakes in", "tests/a.py", "shop.builder._digest_of, x = fail, 1"),
    ("no file is over 400 lines", "src/tagship/a.py", "x = 1\n" * 401),
    ("no file is over 400 lines", "src/tagship/a.tf", "a = 1\n" * 401),
    ("no function is over 40 lines", "src/tagship/a.py", LONG),
    ("no function is over 40 lines", "src/tagship/a.py", LONG.replace("x = 1", "x = 1  # long: too late", 2)),
    ("no class is over 250 lines", "src/tagship/a.py", "class A:\n" + "    x = 1\n" * 250),
    ("no function takes over 4 positional parameters", "src/tagship/a.py", "def f(a, b, c, d, e): ..."),
    (
        "no function takes over 4 positional parameters",
        "src/tagship/a.py",
        "class A:\n    def f(self, a, b, /, c, d, e): ...",
    ),
    ("shell lies in files of its own", "src/a.tf", "  boot = <<-SCRIPT\n    #!/bin/bash\n  SCRIPT\n"),
    ("shell lies in files of its own", "src/a.tf", 'script = join("\\n", ["set -eu", "exec /run.sh"])'),
    ("lock files name no registry", "requirements/dev.txt", "--index-url somewhere\n"),
    ("lock files name no registry", "requirements/dev.txt", "a @ https://example.invalid/a.whl\n"),
    ("no file names a path of a machine", "src/tagship/a.py", "HOME = '/home/somebody/.aws'"),
    ("no file names a path of a machine", "src/tagship/a.tf", 'source = "/Users/somebody/modules"'),
    ("no file names a path of a machine", "src/tagship/a.py", 'X = "C:\\\\Users"'),
]


@pytest.mark.parametrize(("name", "path", "text"), BROKEN, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(BROKEN)])
def test_a_file_that_breaks_a_rule_is_found(name: str, path: str, text: str) -> None:
    rule, _ = RULES[name]
    assert broken(rule, [File(path, text)])


def test_every_rule_is_proven_able_to_fail() -> None:
    assert {name for name, _, _ in BROKEN} == set(RULES)


KEPT: list[tuple[str, str, str]] = [
    ("boto3 is imported in aws/ only", "src/tagship/aws/ecs.py", "import boto3"),
    ("docker is imported at its doors only", "src/tagship/image/engine.py", "import docker"),
    ("docker is imported at its doors only", "src/tagship/release/a.py", "import dockerfile"),
    ("programs start in base/process.py only", "src/tagship/base/process.py", "import subprocess"),
    ("printing is done in cli/output.py only", "src/tagship/cli/live.py", "console.print('x')"),
    ("time is read in base/clock.py only", "src/tagship/release/a.py", "from datetime import datetime\nclock.now()"),
    ("base imports the standard library only", "src/tagship/base/a.py", "import os\nfrom tagship.base.errors import X"),
    ("tests pass fakes in", "tests/a.py", "def test(monkeypatch):\n    monkeypatch.setenv('A', 'b')"),
    ("tests pass fakes in", "tests/a.py", "shop.ecs.on('services', services)\nshop.elb = FakeElb()\nself._x = 1"),
    ("no file is over 400 lines", "src/tagship/a.py", "x = 1\n" * 400),
    ("no function is over 40 lines", "src/tagship/a.py", LONG.replace("():", "():  # long: a table, read as one")),
    ("no function is over 40 lines", "src/tagship/a.py", SPOKEN),
    ("no class is over 250 lines", "src/tagship/a.py", "class A:\n" + "    x = 1\n" * 249),
    ("no function takes over 4 positional parameters", "src/tagship/a.py", "def f(a, b, c, d, *, e): ..."),
    ("shell lies in files of its own", "src/a.tf", 'boot = templatefile("${path.module}/boot.sh.tftpl", {})'),
    ("lock files name no registry", "requirements/dev.txt", "a==1 \\\n    --hash=sha256:00\n    # via b\n"),
    ("no file names a path of a machine", "src/tagship/a.py", "X = 'https://host/home/page', '~/work/x'"),
]


@pytest.mark.parametrize(("name", "path", "text"), KEPT, ids=[f"{name}-{n}" for n, (name, _, _) in enumerate(KEPT)])
def test_a_file_that_keeps_a_rule_is_left_alone(name: str, path: str, text: str) -> None:
    rule, _ = RULES[name]
    assert broken(rule, [File(path, text)]) == []


def test_a_foreign_exception_is_found_through_its_parents() -> None:
    files = [
        File("a.py", "class A(ValueError): ...\nclass B(A): ..."),
        File("b.py", "class TagshipError(Exception): ..."),
    ]
    assert len(list(rules.exceptions_are_ours(files))) == 2


def test_exceptions_of_the_tree_and_those_that_stay_inside_are_left_alone() -> None:
    text = """
class TagshipError(Exception): ...
class Refused(TagshipError): ...
class _Stop(Exception): ...
class Answer(Exception): ...  # inside: becomes an HTTP answer in `gateway.py`
class Plain: ...
"""
    assert list(rules.exceptions_are_ours([File("a.py", text)])) == []
