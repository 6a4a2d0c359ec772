"""ECS Exec: a terminal in a container, over the data channel that the Session Manager plugin speaks.

``channel.py`` is the agent's half of the conversation, ``terminal.py`` the process in the container, ``sessions.py``
joins the two.
"""

from seatrial.services.ecs.exec.sessions import Sessions

__all__ = ["Sessions"]
