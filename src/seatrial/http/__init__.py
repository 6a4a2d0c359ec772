"""HTTP as it is served to users: what the data planes of load balancers and of CloudFront have in common.

It knows neither AWS's rules nor its configuration.

.. code-block:: text

    Which sockets listen?                                                listeners.py
    How are the requests of one connection answered in turn?             connection.py
    Which certificates do they show, and who has signed those?           certificates.py
    How are requests read from what a client sends?                      request_reader.py
    What do a connection, a listener and a request offer each other?     client.py
    How does one request pass to a target, and its answer back?          passing.py
    How does it get a connection, and when is it sent again?             sending.py
    What does a load balancer or CloudFront decide of it?                route.py
    Which headers are removed, added or changed?                         head.py
    Which connections to a target are open or free?                      pool.py
    How is an answer read from a target's connection?                    upstream.py

    What describes a connection and a request?                           types.py
    How are wildcards, regular expressions and status code ranges read?  patterns.py
    How are error pages, redirects and fixed responses written?          error_pages.py
    Where do the time, the `Date` header and trace ids come from?        coarse_clock.py
"""
