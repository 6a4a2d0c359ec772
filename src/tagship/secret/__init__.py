"""The app's own secrets: found for a release, set and looked after by a person. No value is kept or shown.

.. code-block:: text

    What outside is asked?                               doors.py
    Where is each secret of the manifest, and is it?     resolve.py
    How does a person set, delete and copy one?          keeper.py
    Which are there, who uses them, what is wrong?       overview.py
    How is a file of several values read?                env_file.py
    Which JSON keys has a secret, without its value?     keys.py
"""
