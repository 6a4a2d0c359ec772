"""The operations of ECS's API: one file per kind of resource.

.. code-block:: text

    What is every operation given, and how are lists paged?              call.py
    Who answers calls about clusters?                                    clusters.py
    About task definitions?                                              definitions.py
    About services?                                                      services.py
    What of a service starts a new revision, and what are the defaults?  service_rules.py
    Who answers calls about service deployments and revisions?           deployments.py
    About tasks?                                                         tasks.py
    About protection from scale-in?                                      protection.py
    About ECS Exec?                                                      execute.py
    About tags?                                                          tags.py
    About capacity providers and account settings?                       account.py
    About container instances and task sets, which do not exist here?    instances.py
"""
