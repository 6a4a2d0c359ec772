"""What is to be done, decided from what is there before anything is touched.

.. code-block:: text

    What is there now?                                  observe.py
    What is to be done? Which services wait for which?  plan.py
    What can a step be?                                 steps.py
    Where are the app's own secrets?                    own_secrets.py
    What does a task definition look like?              task_definition.py
    Is everything there that a release names?           verify.py
    Was it built from the commit of its tag?            provenance.py
    Can an earlier release be live again?               restorable.py
    Which version was live last?                        last_live.py
    What brings that back, and why?                     recovery_plan.py
    Do the credentials last as long?                    expiry.py
    What does a person type next?                       next_release.py
"""
