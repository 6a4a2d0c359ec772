"""Builds every object and joins them. The only part that knows the embedded AWS from Amazon's.

How is an environment joined? ``environment.py``. Who starts and stops the embedded AWS? ``local.py``.
What does Terraform's root read beside its variables? ``root_files.py``. Who is at work, for the record? ``person.py``.
"""
