"""``seatrial`` at the terminal: one file per command.

Another program may mount the list of commands among its own: with a ``Program`` as the context's object it says by
which name the commands are typed there, and whose embedded AWS they handle.

.. code-block:: text

    Which commands are there?                                          group.py
    What happens when a command fails?                                 main.py
    By which name is it typed, and which embedded AWS does it handle?  program.py
    Which options do several commands share?                           options.py
    How is something printed?                                          output.py

    Who starts the embedded AWS?                                       up.py
    Who stops it?                                                      down.py
    Who deletes everything in it?                                      reset.py
    Who says whether it runs?                                          status.py
    Who prints its endpoint and credentials?                           env.py
    Who has the images that databases and functions run from?          images.py
    Who opens a browser in which AWS's names lead to it?               browse.py

    Which faults reach tasks that start from now on?                   fault_tasks.py
    Which faults reach a service, the account or the machine?          fault_account.py
    Who lists and clears faults?                                       fault_set.py
    What do the fault commands share?                                  fault_options.py
"""
