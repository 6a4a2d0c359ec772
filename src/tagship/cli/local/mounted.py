"""The commands of the embedded AWS itself, as they are: ``tagship local status``, ``images``, ``down``, ``fault``."""

from tagship.wiring.local import command

status = command("status")
images = command("images")
down = command("down")
fault = command("fault")
