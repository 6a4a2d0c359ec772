"""Who is at work."""

import getpass
import os
import socket


def who() -> str:
    """Who is at work, for the record: the person whom the CI names, or user and machine."""
    if actor := os.environ.get("GITHUB_ACTOR"):
        return f"{actor} (GitHub run {os.environ.get('GITHUB_RUN_ID', '?')})"
    return f"{getpass.getuser()}@{socket.gethostname()}"
