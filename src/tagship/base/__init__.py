"""What every part may use: errors, events, process, clock. Standard library only.

.. code-block:: text

    What can go wrong?                                   errors.py
    How do parts tell what they do?                      events.py
    Who starts programs?                                 process.py
    Who reads the time?                                  clock.py
    How are several things done at once?                 parallel.py
    How is a stranger's text made safe to show?          visible.py
    Why does git find no repository here?                repository.py
    Where is something written that is soon of no use?   scratch.py
    How is a file of a repository opened?                regular.py
    What do a terminal and a container send each other?  data_channel.py
    What stands in for clock and programs in tests?      fakes.py
"""
