"""Tasks: started, watched, stopped.

.. code-block:: text

    Which tasks live, and how is one found to be stopped?    runner.py
    Who takes a task from its first status to its last?      life.py
    What do all tasks have in common?                        context.py
    How is a task made from its definition?                  factory.py
    Which tags does it begin with?                           tags.py
    What is done until its containers run?                   start.py
    Where do its secrets come from?                          secrets.py
    What if its roles do not allow what it must do?          roles.py
    Who notices that a container has ended or is unhealthy?  watcher.py
    When is it in its target groups, and who is told?        registration.py
    Where are its containers reached?                        addresses.py
    What is done until it is STOPPED?                        stop.py
    How does a fault restart Docker?                         restarting.py
    How does a fault cut off an availability zone?           lost_zones.py
"""
