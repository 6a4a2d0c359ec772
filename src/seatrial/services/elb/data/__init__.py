"""The traffic of load balancers, in a process of its own.

.. code-block:: text

    What does that process run?                                          worker.py
    Who holds all listeners, target groups and health checks?            proxy.py
    What do all requests of one listener share?                          listener_runtime.py

    How does one request go, from the client to a target and back?       exchange.py
    Which requests are refused?                                          limits.py
    Which rule applies, and which target group?                          routing.py
    Which requests does the listener answer itself, or send to sign in?  gate.py
    Which target of the group is next?                                   targets.py
    How does a client stay with its target?                              sticky.py
    When is a target healthy?                                            health_check.py

    Which cookies and headers does a sign-in use?                        sign_in.py
    Who calls the identity provider?                                     identity.py

    What is counted?                                                     counters.py
    How are durations kept for percentiles?                              histogram.py
    How are access logs written?                                         access_log/
"""
