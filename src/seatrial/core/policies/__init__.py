"""AWS's policy language: documents, conditions, and what they allow. Pure.

Source of all of it: IAM user guide, "IAM JSON policy reference" and "Policy evaluation logic".

How is a document read? ``document.py``. What does IAM say against one? ``grammar.py``. How do names and ARNs match?
``patterns.py``. What may a condition ask? ``conditions.py``. Who is meant by a principal? ``principals.py``. Is a
request allowed? ``evaluate.py``.
"""
