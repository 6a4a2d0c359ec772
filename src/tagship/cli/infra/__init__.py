"""``tagship infra``: the infrastructure."""
