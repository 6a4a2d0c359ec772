"""``tagship local``: the embedded AWS."""
