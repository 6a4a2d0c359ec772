"""Terraform: the modules, the runner, and what the release engine reads of the result.

.. code-block:: text

    Where are the modules themselves, and the root?         terraform/
    What does each command of `tagship infra` do?           commands.py
    How is everything taken away, in stages?                destruction.py
    How does an environment become plain Terraform?         eject.py
    What do the commands work with?                         tools.py
    What is asked of AWS beside Terraform?                  clients.py

    How does the manifest become Terraform's variable?      variables.py
    What of it is around the services?                      system_variables.py
    Which path does the listener ask first?                 routing.py
    What does a change of a manifest field reach?           reach.py

    Which rights does whoever runs all this need?           policy/

    Which program runs: Terraform or OpenTofu?              program.py
    Which versions are the modules written for?             versions.py
    Where does the AWS provider come from?                  mirror.py
    What is in the working folder?                          workspace.py
    What is in the environment of its process?              environment.py
    How is Terraform run?                                   terraform.py
    How is its JSON output read?                            stream.py
    What is told while it runs?                             events.py
    What does it wait for so long?                          waits.py
    What does its complaint mean?                           diagnostics.py

    What does a plan intend?                                plan.py
    How is a plan told in words?                            summary.py
    Would it take something away for good?                  guard.py
    Would it reach running tasks and users?                 live.py
    Which changed resource does so?                         live_rules.py
    Do running tasks answer what will be asked of them?     asking.py
    What stands in the way of destruction, and what stays?  teardown.py
    How is `prevent_destroy` lifted?                        lifting.py

    Who makes and empties the environment's bucket?         bucket.py
    Who makes a new account's service-linked roles?         service_roles.py
    How does a release read what was built?                 outputs.py
"""
