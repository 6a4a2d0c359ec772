"""seatrial: an AWS on this machine, to try a deployment before it goes to the real one.

Our own services in front of MiniStack, on loopback only. It knows nothing of manifests or releases, and nothing of who
uses it: a release engine, the AWS CLI, Terraform, boto3.

The map. A part imports only from lines below its own: never up, never sideways.
``tests/unit/test_map.py`` reads this drawing and fails on an import that breaks it.

.. code-block:: text

    cli            the terminal: one file per command
    process        one embedded AWS put together, started, asked, stopped
    services       AWS's services that are ours, with the data planes of two of them
    access         who may ask for what: names, web pages, signatures, credentials
    ministack      the emulator behind them, and where its answers are corrected
    http           HTTP as it is served to users
    core           a request comes in and is answered; what a service is given
    ground         errors, programs, clock: standard library only

How is a request answered? ``core/gateway.py``. How does a service plug in? ``core/service.py``.
How is it started and stopped? ``process/instance.py``. How is ECS scheduled? ``services/ecs/deployments/scheduler.py``.
What does it answer otherwise than AWS? ``docs/seatrial/``.
"""

__version__ = "0.1.0"
