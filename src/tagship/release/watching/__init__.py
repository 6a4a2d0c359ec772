"""How rollouts are followed until each is decided.

.. code-block:: text

    How are several rollouts watched together?       watch.py
    What was seen of one? When is it live?           rollout_view.py
    How often may AWS be asked?                      polling.py
    How is a release of another machine waited for?  wait.py
"""
