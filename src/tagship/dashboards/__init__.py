"""What Grafana shows: one dashboard of an environment, as JSON that Terraform hands to Grafana.

``build.py`` is the way in. ``subject.py`` is what there is to show, ``questions.py`` asks the traffic logs in SQL,
``panels.py`` makes one panel, ``overview.py`` puts them together.
"""
