"""Builds every object and joins them. The only part that knows the embedded AWS from Amazon's.

.. code-block:: text

    How is an environment joined, and what does it do?     environment.py
    What is everything in an environment joined to?        connection.py
    What outside does a release touch?                     doors.py
    What builds the infrastructure?                        infrastructure.py
    What does Terraform's root read beside its variables?  root_files.py
    Who starts and stops the embedded AWS?                 local.py
    Is the embedded AWS installed?                         installed.py
    Who is at work, for the record?                        person.py
"""
