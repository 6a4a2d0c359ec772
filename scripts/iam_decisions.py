"""Write what @cloud-copilot/iam-simulate decides of our random cases: ``tests/seatrial/unit/policies/decisions.json``.

It is AGPL and needs Node.js, so it is asked once and its decisions are kept; in any folder of its own:

    npm install @cloud-copilot/iam-simulate
    PYTHONPATH=/where/tagship/is:/where/tagship/is/src python /where/tagship/is/scripts/iam_decisions.py
"""

import json
import subprocess
from pathlib import Path

from tests.seatrial.unit.policies import random_cases

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests/seatrial/unit/policies/decisions.json"
PACKAGE = Path("node_modules/@cloud-copilot/iam-simulate/package.json")


def main() -> None:
    """Ask it, and write the file."""
    cases = random_cases.cases()
    asked = {"principal": random_cases.SESSION, "account": random_cases.ACCOUNT, "cases": cases}
    words = ["node", str(ROOT / "scripts/iam_decisions.mjs")]
    done = subprocess.run(words, input=json.dumps(asked), capture_output=True, text=True, check=True)  # noqa: S603 - ours
    document = {
        "by": f"@cloud-copilot/iam-simulate {json.loads(PACKAGE.read_text('utf-8'))['version']}",
        "cases": random_cases.fingerprint(cases),
        "decisions": done.stdout,
    }
    KEPT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
