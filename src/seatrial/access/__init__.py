"""Who may ask the embedded AWS for what: names, web pages, signatures, credentials.

How is a request let in? ``guard.py``, which stands between the socket and the gateway; what the embedded AWS asks
itself does not pass it. Whose key is it? ``credentials.py``. What may the application's own roles do? ``roles.py``.
"""
