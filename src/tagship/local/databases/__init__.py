"""Databases in the instance's network: tasks reach them under the names that AWS gives their endpoints.

Which container answers to which name? ``names.py`` (pure). Who speaks to Docker? ``network.py``. When? ``service.py``.
"""

from tagship.local.context import LocalContext
from tagship.local.databases.network import DockerNetwork
from tagship.local.databases.service import DatabaseNames


def create(context: LocalContext) -> DatabaseNames:
    """The names of one embedded AWS's databases."""
    engine = context.engine
    return DatabaseNames(context.aws, DockerNetwork(engine, context.settings.instance_id) if engine else None)
