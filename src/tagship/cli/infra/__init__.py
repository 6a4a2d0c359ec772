"""``tagship infra``: the infrastructure.

.. code-block:: text

    Which commands are there?            group.py
    `tagship infra plan`?                plan.py
    `tagship infra apply`?               apply.py
    `tagship infra destroy`?             destroy.py
    `tagship infra eject`?               eject.py
    `tagship infra output`?              output.py
    `tagship infra policy`?              policy.py
    `tagship infra unlock`?              unlock.py
    How does Terraform's progress read?  progress.py
"""
