"""The commands of the embedded AWS itself, as they are: ``tagship local status``, ``down``, ``reset``, ``fault``."""

from tagship.wiring.local import command

status = command("status")
down = command("down")
reset = command("reset")
fault = command("fault")
