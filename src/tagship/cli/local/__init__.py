"""``tagship local``: the embedded AWS.

.. code-block:: text

    Which commands are there?                      group.py
    `tagship local up`?                            up.py
    `tagship local env`?                           env.py
    `tagship local reset`?                         reset.py
    `status`, `images`, `browse`, `down` and
    `fault`, which are those of the embedded AWS
    as they are?                                   mounted.py
"""
