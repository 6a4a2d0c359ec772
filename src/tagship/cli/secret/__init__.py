"""``tagship secret``: the app's own secrets.

.. code-block:: text

    Which commands are there?   group.py
    `tagship secret set`?       set.py
    `tagship secret list`?      list.py
    `tagship secret check`?     check.py
    `tagship secret unset`?     unset.py
    `tagship secret restore`?   restore.py
    `tagship secret copy`?      copy.py
"""
