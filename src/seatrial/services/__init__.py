"""AWS's services that are ours. The map; a part imports only from lines below its own.

.. code-block:: text

    databases                             a cluster's container in the network of the tasks
    autoscaling metrics_publisher logs    they act on what the others run and measure
    ecs elb cloudfront cloudwatch eventbridge registry throttling constraints    they do not know each other

Each has a ``create`` in its face, and joins the others through the AWS API, in process.
"""
