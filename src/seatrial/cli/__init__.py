"""``seatrial`` at the terminal: one file per command, the list of them in ``group.py``.

Another program may mount the list among its own commands: with a ``Program`` as the context's object it says by which
name the commands are typed there, and whose embedded AWS they handle.
"""
