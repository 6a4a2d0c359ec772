"""The whole of tagship in one run: three tags pushed, the second under load, the third broken and rolled back.

Ends with exit code 1 where anything is not as promised. Running it again goes on from where things stand.
"""

import argparse
import json
import os
import shlex
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from demo_app import MISSING_SETTING, DemoApp
from probe import Probe, Report

PROJECT = Path(__file__).parent.parent
RATE = 60
"""Requests a second during the rollout; promised are at least 50."""
PROMISED_RATE = 50
ROLLED_BACK = "rolled back by ECS"
FIRST_PORT = 4566


class NotAsPromised(Exception):
    """Something did not happen as the demo says it does."""


def say(text: str = "") -> None:
    """A line of the story."""
    print(text, flush=True)


def heading(text: str) -> None:
    """What comes next."""
    bold, plain = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    say()
    say(f"{bold}{text}{plain}")


def promise(kept: object, otherwise: str) -> None:
    """Go on only where it is so."""
    if not kept:
        raise NotAsPromised(otherwise)


@dataclass
class Demo:
    """One run.

    Args:
        folder: everything the demo makes is in there.
        facts: what was seen, for whoever wants to check it.
    """

    folder: Path
    facts: dict[str, Any] = field(default_factory=dict)

    def run(self) -> None:
        """The story."""
        began = time.monotonic()
        self._prepare()
        self._start_the_aws()
        self._build_the_infrastructure()
        self._ship_the_first()
        self._ship_under_load()
        self._ship_a_broken_one()
        self._tell_what_is_next(time.monotonic() - began)

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        made = self.app.prepare()
        heading("An application")
        where = shown(self.app.folder)
        say(f"{where} is {'now a copy of examples/notes' if made else 'there already'}, a git repository of its own.")
        (self.folder / "env").write_text(self._exports(), encoding="utf-8")

    def _start_the_aws(self) -> None:
        heading("An AWS on this machine")
        self._type("tagship", "local", "up")

    def _build_the_infrastructure(self) -> None:
        heading("Its infrastructure, by Terraform")
        self._type("tagship", "infra", "apply", "--yes")

    def _ship_the_first(self) -> None:
        serving = self._serving()
        if serving:
            heading("The first version")
            say(f"{serving} is live already, so there is nothing to do.")
            return
        version = self.app.next_version()
        heading(f"Ship {version}: push a tag")
        self._push(version)
        self._expect_serving(version)
        self.facts["first"] = version

    def _ship_under_load(self) -> None:
        version = self.app.next_version()
        heading(f"Ship {version} while {RATE} requests a second run")
        line = self.app.wear(version)
        probe = Probe(f"{self.url}/api/version", RATE)
        probe.start()
        try:
            self._push(version)
        finally:
            report = probe.stop()
        for sentence in report.sentences():
            say(sentence)
        self.facts["under_load"] = {"version": version, **report.facts()}
        self._expect_no_failure(version, report)
        self._expect_serving(version)
        promise(line in httpx.get(self.url).text, f"The page at {self.url} does not say: {line}")
        say(f"The page now shows: {line}")

    def _ship_a_broken_one(self) -> None:
        good = self._serving()
        version = self.app.next_version()
        heading(f"Ship {version}, which is broken: it asks for a setting that nobody has set")
        self.app.break_it()
        self._push(version, taken=False)
        release = self._ask("history", "--json")[0]
        self.facts["broken"] = {"version": version, "release": release, "serving": good}
        promise(
            (release["version"], release["verdict"]) == (version, ROLLED_BACK),
            f"{version} ended as {release['version']}: {release['verdict']}, not as: {ROLLED_BACK}.",
        )
        promise(MISSING_SETTING in json.dumps(release), f"The diagnosis does not name {MISSING_SETTING}.")
        self._expect_serving(good)
        say(f"{version} was rolled back, and {good} is still live.")
        self.app.take_back()

    def _tell_what_is_next(self, seconds: float) -> None:
        heading(f"That was it, in {seconds:.0f} seconds.")
        say(f"{self._serving()} is live at {self.url}")
        say("Go on from here:")
        say()
        say(f"  . {shown(self.folder / 'env')} && cd {shown(self.app.folder)}")
        for command in ("tagship status", "tagship history", "tagship logs", "tagship infra plan"):
            say(f"  {command}")
        say()
        say("`make demo` ships the next versions; `make clean-demo` removes everything.")

    @cached_property
    def app(self) -> DemoApp:
        """The repository."""
        return DemoApp(self.folder / "notes")

    @property
    def url(self) -> str:
        """Where the application answers."""
        return str(self._ask("status", "--json")["url"]).rstrip("/")

    @cached_property
    def environment(self) -> dict[str, str]:
        """What sets this demo apart from the user's own embedded AWS."""
        return {"TAGSHIP_HOME": str(self.folder / "home"), "SEATRIAL_PORT": str(self._port())}

    def _port(self) -> int:
        """The port of the first run; addresses of images hold it, so it stays."""
        kept = self.folder / "port"
        if not kept.exists():
            kept.write_text(os.environ.get("SEATRIAL_PORT") or str(first_free_port()), encoding="utf-8")
        return int(kept.read_text(encoding="utf-8"))

    def _exports(self) -> str:
        programs = Path(sys.executable).parent
        lines = [f"export {name}={shlex.quote(value)}" for name, value in self.environment.items()]
        return "\n".join([*lines, f'export PATH={shlex.quote(str(programs))}:"$PATH"', ""])

    def _push(self, version: str, *, taken: bool = True) -> None:
        self.app.tag(version)
        say(f"$ git tag {version}")
        self._type("git", "push", "local", version, succeeds=taken)

    def _type(self, *words: str, succeeds: bool = True) -> None:
        """Run what a user would type, and show it; its output is its own."""
        say(f"$ {shlex.join(words)}")
        with subprocess.Popen(words, cwd=self.app.folder, env=self._environ()) as program:  # noqa: S603 - our words
            try:
                program.wait()
            except KeyboardInterrupt:
                # It heard Ctrl-C too, and may have a Terraform to end well: `subprocess.run` would kill it.
                program.wait()
                raise
        ended = f"`{shlex.join(words)}` ended with exit code {program.returncode}."
        promise((program.returncode == 0) is succeeds, ended)

    def _ask(self, *words: str) -> Any:  # noqa: ANN401 - JSON
        """The JSON that a command of tagship prints."""
        command = ["tagship", *words]
        done = subprocess.run(  # noqa: S603 - our words
            command, cwd=self.app.folder, env=self._environ(), check=False, stdout=subprocess.PIPE
        )
        promise(done.returncode == 0, f"`{shlex.join(command)}` ended with exit code {done.returncode}.")
        return json.loads(done.stdout)

    def _environ(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, **self.environment, "PATH": path}

    def _serving(self) -> str:
        """The version that serves; empty where none does."""
        serving = self._ask("status", "--json")["live"]
        return str(serving["version"]) if serving else ""

    def _expect_serving(self, version: str) -> None:
        found = self._serving()
        promise(found == version, f"{found or 'Nothing'} is live, not {version}.")
        answered = httpx.get(f"{self.url}/api/version").json()["version"]
        promise(answered == version, f"{self.url}/api/version answers {answered}, not {version}.")
        self.facts["serving"] = version

    def _expect_no_failure(self, version: str, report: Report) -> None:
        promise(report.failed == 0, f"{report.failed} requests failed while {version} was rolled out.")
        promise(report.rate >= PROMISED_RATE, f"Only {report.rate:.0f} requests a second were sent.")
        promise(version in report.versions, f"No request was answered by {version}.")


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def first_free_port() -> int:
    """The usual port of the embedded AWS, or the first above it that nobody listens on."""
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)):
                return port
    raise NotAsPromised(f"No port from {FIRST_PORT} on is free.")


def main() -> int:
    """Run the demo; ``--facts`` writes what was seen to a file."""
    parser = argparse.ArgumentParser(description="Three tags pushed: the first, one under load, a broken one.")
    parser.add_argument("--folder", type=Path, default=PROJECT / ".demo")
    parser.add_argument("--facts", type=Path)
    asked = parser.parse_args()
    demo = Demo(asked.folder.absolute())
    try:
        demo.run()
    except NotAsPromised as broken:
        say()
        say(f"Not as promised: {broken}")
        return 1
    except KeyboardInterrupt:
        say()
        say("Interrupted. `make demo` goes on from here; `make clean-demo` removes everything.")
        return 130
    finally:
        if asked.facts:
            asked.facts.write_text(json.dumps(demo.facts, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
