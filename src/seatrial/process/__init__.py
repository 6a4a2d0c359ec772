"""The process of an embedded AWS, from inside and from outside.

Who is there, in which order do they begin? ``assembly.py``. What listens? ``server.py``. How is it started, asked and
stopped from another process? ``instance.py``. Which process is it? ``running.py``. Who sets faults? ``faults.py``.
What may it start? ``fence.py``.
"""
