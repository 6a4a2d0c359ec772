"""The services that are ours. A part imports only from lines below its own.

.. code-block:: text

    autoscaling metrics_publisher databases logs      they act on what the others run and measure
    ecs elb cloudfront cloudwatch eventbridge registry throttling      AWS's services, which do not know each other
"""
