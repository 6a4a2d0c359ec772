"""HTTP as it is served to users: what the data planes of load balancers and of CloudFront have in common.

Which sockets listen? ``listeners.py``. The client's connection: ``connection.py``, and what it hands on:
``client.py``, ``head.py``. One request passing through: ``passing.py``, with the connections to where it goes in
``pool.py`` and ``upstream.py``. It knows neither AWS's rules nor its configuration.
"""
