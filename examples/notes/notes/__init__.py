"""Notes: a small application that shows how tagship ships one."""
