"""The app's own secrets: found for a release, set and looked after by a person. No value is kept or shown.

.. code-block:: text

    What outside is asked?                               doors.py
    Where is each secret of the manifest, and is it?     resolve.py
    Which JSON keys has a secret, without its value?     keys.py
"""
