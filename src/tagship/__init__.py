"""tagship: push a git tag, and your app ships.

The map. A part imports only from lines below its own: never up, never sideways.
``tests/unit/test_map.py`` reads this drawing and fails on an import that breaks it.

.. code-block:: text

    cli                                   the terminal: one file per command
    wiring                                builds every object; the only part that knows the embedded AWS
    release                               the engine: observe, plan, verify, execute, watch, verdict
    infra cost database secret image site pipeline probe dashboards notify  the parts, which do not know each other
    manifest                              the vocabulary: typed, frozen, pure
    aws                                   the doors to AWS
    base                                  errors, events, process, clock: standard library only

The parts: Terraform, what it costs, the database from within, the app's own secrets, images, the front end, the git
remote that ships, what users see meanwhile, what Grafana shows, what Slack is told.

The AWS on this machine is a package of its own, `seatrial`, beside this one; ``wiring/local.py`` alone knows it.

How does a deploy go? ``release/deploy.py``. What can a step be? ``release/planning/steps.py``.
Who calls ECS? ``aws/ecs.py`` and nobody else. How are things joined? ``wiring/environment.py``.
What can go wrong? ``base/errors.py``.
"""

__version__ = "0.1.0"
