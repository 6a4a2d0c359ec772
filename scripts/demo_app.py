"""The demo's application: a copy of examples/notes in a git repository of its own, and what each version changes."""

import re
import shutil
import subprocess
from pathlib import Path

from semver import Version

EXAMPLE = Path(__file__).parent.parent / "examples" / "notes"

IDENTITY = (
    "-c",
    "user.name=tagship demo",
    "-c",
    "user.email=demo@tagship.invalid",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "tag.gpgsign=false",
)
"""The demo's own, so that it neither needs nor touches what the user has configured."""

COLOURS = {
    "green": ("#15803d", "#86efac"),
    "plum": ("#86198f", "#f0abfc"),
    "amber": ("#92400e", "#fcd34d"),
    "blue": ("#1d4ed8", "#93b4ff"),
}
"""Accents for light and for dark, each readable on the page's ground (WCAG AA)."""

MISSING_SETTING = "NOTES_SIGNING_KEY"


class DemoApp:
    """The repository that the demo pushes from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> bool:
        """Have the repository; returns whether it had to be made."""
        if (self.folder / ".git").exists():
            self._mend()
            return False
        ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".tagship", ".venv")
        shutil.copytree(EXAMPLE, self.folder, ignore=ignored, dirs_exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("Keep notes")
        return True

    def versions(self) -> list[Version]:
        """The version tags, oldest first."""
        tags = self.git("tag", "--list", "v*").split()
        return sorted(Version.parse(tag[1:]) for tag in tags if Version.is_valid(tag[1:]))

    def next_version(self) -> str:
        """The next minor version: ``v0.1.0`` in a new repository."""
        versions = self.versions()
        return f"v{versions[-1].bump_minor()}" if versions else "v0.1.0"

    def tag(self, version: str) -> None:
        """Tag what is committed."""
        self.git("tag", version)

    def wear(self, version: str) -> str:
        """Commit a change that everybody sees: another colour, and a line that names it. Returns the line."""
        names = list(COLOURS)
        colour = names[Version.parse(version[1:]).minor // 2 % len(names) - 1]
        line = f"Notes {version} wears {colour}."
        self._edit("web/index.html", r"(<h1>Notes</h1>\s*<p>).*?(</p>)", rf"\g<1>{line}\g<2>")
        for shade in COLOURS[colour]:
            lightness = "on-accent: #ffffff" if shade == COLOURS[colour][0] else "on-accent: #10131c"
            self._edit("web/style.css", rf"--accent: #\w+(;\s*--{lightness})", rf"--accent: {shade}\g<1>")
        self.commit(f"Wear {colour}")
        return line

    def break_it(self) -> None:
        """Commit what happens to everybody once: the code asks for a setting that nobody has set."""
        self._edit("notes/settings.py", r'(    """Its commit."""\n)', r"\g<1>    signing_key: str\n")
        self._edit(
            "notes/settings.py",
            r"(        revision=environ[^\n]*\n)",
            rf'\g<1>        signing_key=required(environ, "{MISSING_SETTING}"),\n',
        )
        self.commit("Sign notes")

    def take_back(self) -> None:
        """Revert the last commit."""
        self.git("revert", "--no-edit", "HEAD")

    def _mend(self) -> None:
        """A run that was interrupted may have left its broken commit behind, and edits that nobody committed."""
        self.git("checkout", "--quiet", "--force", "HEAD")
        if MISSING_SETTING in (self.folder / "notes" / "settings.py").read_text(encoding="utf-8"):
            self.take_back()

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def git(self, *words: str) -> str:
        """What git printed."""
        command = ["git", *IDENTITY, *words]
        done = subprocess.run(  # noqa: S603 - our words
            command, cwd=self.folder, check=True, text=True, stdout=subprocess.PIPE
        )
        return done.stdout

    def _edit(self, name: str, pattern: str, replacement: str) -> None:
        path = self.folder / name
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
        if not count:
            raise SystemExit(f"`{path}` is not as the demo left it. Start afresh: make clean-demo && make demo")
        path.write_text(text, encoding="utf-8")
