"""Who may ask the embedded AWS for what: names, web pages, signatures, credentials.

What the embedded AWS asks itself does not pass here.

.. code-block:: text

    How is a request let in, before the gateway gets it?     guard.py
    Under which host names is it answered?                   hosts.py
    What may a web page ask?                                 browsers.py
    Which calls need no signature?                           unsigned.py
    Is a signature right?                                    signature.py
    Is a body what was signed?                               payload.py
    How does the gateway get a request that was let in?      handing.py

    Whose access key is it?                                  credentials.py
    Where do the account's own keys come from?               keys.py
    How is a file written that only its owner reads?         private.py
    May a role or a user do what a request asks?             roles.py
    What must be allowed for a call, and is it?              rights/
    How is a refusal worded in each protocol?                refusals.py
"""
