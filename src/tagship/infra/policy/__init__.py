"""The IAM policy of whoever runs ``tagship infra`` for one environment: what its resources need, and nothing else.

.. code-block:: text

    Which types of resources does an environment have?     present.py
    Which actions does a type need, on what?               actions.tsv, read by table.py
    What are the ARNs and conditions of a scope?           scopes.json, filled by scopes.py
    How do statements become documents that IAM takes?     documents.py
"""
