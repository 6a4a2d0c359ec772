"""How each step of a plan is done; which one does it is in ``execute.py``.

.. code-block:: text

    Build an image, register a revision     images.py
    Migrate                                 migration.py
    Update services, follow their rollouts  rollouts.py
    Build and publish the front end         publish_site.py
    Set the lower bound of scaling          min_capacity.py
    Run one task to its end                 one_off.py
    Collect what is left of a failure       collect_evidence.py
"""
