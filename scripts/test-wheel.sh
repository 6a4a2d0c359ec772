#!/usr/bin/env bash
# Builds the wheel, installs it with nothing but its own requirements, and asks it for help.
set -euo pipefail

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.venv/bin/python -m build --wheel --no-isolation --outdir "$work/dist" . >/dev/null
python3 -m venv "$work/venv"
# The locked versions without their hashes: pip takes hashes for all or for none, and the wheel itself has none.
sed -nE 's/^([A-Za-z0-9._-]+==[^ ;\\]+).*/\1/p' requirements/dev.txt >"$work/constraints.txt"
"$work/venv/bin/pip" install --quiet --constraint "$work/constraints.txt" "$(echo "$work"/dist/*.whl)[local]"

cd "$work"
venv/bin/tagship --version
venv/bin/tagship --help >/dev/null
venv/bin/seatrial --version
venv/bin/python - <<'PYTHON'
from importlib.resources import files

import tagship
from tagship.wiring.environment import connect  # the parts, joined

package = files(tagship)
for name in ("py.typed", "infra/terraform/root/main.tf", "infra/terraform/modules/vpn/host/boot.sh.tftpl"):
    assert package.joinpath(name).is_file(), f"the wheel has no {name}"
for name in ("py.typed", "README.md", "ministack/functions/runtime.js"):
    assert files("seatrial").joinpath(name).is_file(), f"the wheel has no seatrial/{name}"
PYTHON
echo "The wheel works."
