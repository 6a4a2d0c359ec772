"""What AWS documents of a request's values, refused where it is broken: before any service answers, in AWS's words.

Botocore carries AWS's own models, and with them most lengths, patterns and choices; what AWS writes in prose alone has
a row in ``table/``, one file a service, with AWS's page beside it.

.. code-block:: text

    How is a call refused before a service sees it?      service.py
    What is wrong with a call's parameters?              check.py
    How does each service say so?                        refusals.py
    How many calls met the table, how many were beyond?  counts.py
    What are a call's operation and parameters?          requests.py
    What does a row of the table say?                    rows.py
    Which values does a member's path name?              members.py
    What may a value be?                                 rules.py
    What is wrong with a policy document?                policies.py
    Which limits are documented?                         table/*.toml
"""

from seatrial.services.constraints.service import Constraints

__all__ = ["Constraints"]
