"""The images that databases and functions run from: fetched, or built where no registry gives them.

.. code-block:: text

    Which image does what run from, and of what is it built?  catalogue.py
    Is it here, and if not, how is it had?                    having.py
    What is said where it is missing?                         missing.py
    How is one built from Debian's packages?                  debian.py
    What answers invocations in the image of functions?       lambda_runtime.py

``postgres-entrypoint.sh`` is the entrypoint of the image of databases.
"""
