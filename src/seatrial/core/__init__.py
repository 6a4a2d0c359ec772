"""The machinery: a request comes in, is described, is answered by a service; what a service is given.

.. code-block:: text

    Who answers a request?                                   gateway.py
    How does a service plug in?                              service.py
    What is a service given?                                 context.py
    What is known of a request before its body is read?      incoming.py
    How are AWS's protocols read and written?                wire/
    What does a policy of IAM say, and is a call allowed?    policies/
    How are ASGI bodies read and answers sent?               asgi.py
    Which paths tell about the embedded AWS itself?          pages.py

    How does a service call another one's API?               internal.py
    How does a service send an event to EventBridge?         bus.py
    Where is Docker, and how are containers reached?         engine.py
    What runs in a process of its own, and who restarts it?  companion/
    What can be made to fail?                                faults/

    Which ports, files and account does it use?              settings.py
    What outlives the process?                               state.py
    What happens to a file of state that cannot be read?     damage.py
    What happens when the disk is full?                      disk_space.py
"""
