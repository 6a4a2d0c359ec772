"""Deployments of services: decided in ``scheduler.py`` (pure), done in ``controller.py``.

.. code-block:: text

    When is a service looked after, and who does what is decided?     controller.py
    What is to be done for a service now?                             scheduler.py
    What does the scheduler see of tasks and targets?                 views.py
    How are tasks started and stopped, and what if there is no room?  placement.py
    What becomes of a deployment?                                     rollouts.py
    When does the circuit breaker trip, and who waits how long?       breaker.py
    When do CloudWatch alarms fail a deployment?                      alarms.py
    Who deploys in between, where a fault asks for it?                other_deployer.py
"""
