"""What a call asks for, in IAM's terms: actions, resources, condition keys; and whether a role may.

.. code-block:: text

    May whoever calls do what a call asks?                        authorize.py
    Whose policies are held against it?                           callers.py
    How does a service of AWS work with a role?                   acting.py
    Which operation is a request, and with which parameters?      calls.py
    How is an operation found by method and path?                 routes.py
    Which actions does an operation need?                         naming.py
    Which actions are there, on what, with which keys?            catalogue.py
    Which resources does a call name?                             arns.py
    And which is it about to make?                                making.py
    And which of them have to be looked up?                       lookups.py
    What are the values of condition keys?                        keys.py
    Which roles does a call hand to a service?                    passing.py
    How is written down what calls ask for?                       recording.py
"""
