"""What a task's containers ask the agent of their own task, by the addresses that stand in their environment.

.. code-block:: text

    Who is answered, and at which paths?            endpoint.py
    What does a container learn of itself?          metadata.py
    What has it used?                               stats.py
    How does it keep its task from scale-in?        protection.py
"""
