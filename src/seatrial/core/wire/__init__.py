"""AWS's wire.

Which operation is a request? ``parsing.py``. How large may it be? ``bodies.py``. What do botocore's models say of it?
``modelled.py``. How are its parameters read and changed? ``correction_forms.py``. How is an answer written, in each of
AWS's protocols? ``protocols/``.
"""
