"""How ``prevent_destroy`` is lifted: by a file beside a module, which Terraform merges over it. Pure.

Source: Terraform documentation, "Override Files": what a file that ends with ``_override.tf`` says is merged
argument by argument, inside ``lifecycle`` too. The modules stay as they are shipped; the file goes with the next plan.
"""

import re
from collections.abc import Sequence
from typing import Final

FILE: Final = "destroy_override.tf"

_BLOCK: Final = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', flags=re.MULTILINE | re.DOTALL)
_PREVENTED: Final = re.compile(r"^\s*prevent_destroy\s*=\s*true\b", flags=re.MULTILINE)

_OVERRIDE: Final = """\
resource "{0}" "{1}" {{
  lifecycle {{
    prevent_destroy = false
  }}
}}
"""


def prevented(text: str) -> list[tuple[str, str]]:
    """Type and name of each resource of a formatted file that says ``prevent_destroy``."""
    return [(kind, name) for kind, name, body in _BLOCK.findall(text) if _PREVENTED.search(body)]


def override(resources: Sequence[tuple[str, str]]) -> str:
    """The file that lifts it."""
    return "\n".join(_OVERRIDE.format(kind, name) for kind, name in resources)
