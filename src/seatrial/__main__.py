"""``python -m seatrial`` is ``seatrial``."""

import sys

if not sys.flags.safe_path:
    # `python -m` searches the folder that it starts in first: an app's `secrets.py` would stand for Python's.
    del sys.path[0]

from seatrial.cli.main import main

main()
