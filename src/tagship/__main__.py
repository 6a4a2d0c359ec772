"""``python -m tagship`` is ``tagship``."""

import sys

if not sys.flags.safe_path:
    # `python -m` searches the folder that it starts in first: an app's `secrets.py` would stand for Python's.
    del sys.path[0]

from tagship.cli.main import main

main()
