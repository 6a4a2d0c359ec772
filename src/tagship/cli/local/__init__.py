"""``tagship local``: the embedded AWS.

.. code-block:: text

    Which commands are there?                 group.py
    `tagship local up`?                       up.py
    `tagship local down`?                     down.py
    `tagship local status`?                   status.py
    `tagship local env`?                      env.py
    `tagship local reset`?                    reset.py

    Which faults are there?                   fault.py
    What is in force, and how is it cleared?  fault_set.py
    What happens to tasks that start?         fault_tasks.py
    To a service, the account, the machine?   fault_account.py
    Which options do faults share?            fault_options.py
"""
