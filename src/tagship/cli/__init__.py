"""The terminal: one file per command; parse, call, show."""
