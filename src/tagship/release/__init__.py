"""The release engine: observe, plan, verify, execute, watch, verdict.

The map; each folder has one of its own. ``tests/unit/release/test_release_map.py`` holds it.

.. code-block:: text

    How does a deploy go?                                  deploy.py
    A rollback?                                            rollback.py
    How does the last live version come back?              recover.py
    How is everything now?                                 status.py
    What do people do by hand? (scale, run, exec)          manual.py
    Where do log lines come from?                          logs.py
    How does any release go, from its turn to its record?  run.py
    In which order are its steps done, and undone?         execute.py
    What do users get when it is over?                     aftermath.py
    What do its steps work with?                           context.py
    What is outside?                                       doors.py
    What is known of each service so far?                  progress.py
    What has happened so far?                              board.py
    What is told meanwhile?                                events.py
    When is a service up, degraded, down?                  health.py
    What is to be done, and can it be done?                planning/
    How is each step done?                                 actions/
    When is a rollout decided?                             watching/
    Why did it fail?                                       diagnosis/
    What is written down, and whose turn is it?            records/
    What would a release do if that went wrong?            rehearsal/
"""
