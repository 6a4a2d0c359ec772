"""The commands of the embedded AWS itself, as they are: ``tagship local status``, ``images``, ``down``, and so on."""

from tagship.wiring.local import command

status = command("status")
images = command("images")
browse = command("browse")
down = command("down")
fault = command("fault")
