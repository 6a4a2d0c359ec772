"""``python -m tagship`` is ``tagship``."""

from tagship.cli.main import main

main()
