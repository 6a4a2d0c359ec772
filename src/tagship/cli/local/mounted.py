"""The commands of the embedded AWS itself, as they are: ``tagship local status``, ``browse``, ``down``, and so on."""

from tagship.wiring.local import command

status = command("status")
browse = command("browse")
down = command("down")
reset = command("reset")
fault = command("fault")
