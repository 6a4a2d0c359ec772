"""Databases in the instance's network: tasks reach them under the names that AWS gives their endpoints.

Which container answers to which name? ``names.py`` (pure). Who speaks to Docker? ``network.py``. When? ``service.py``.
"""

from seatrial.core.context import ServiceContext
from seatrial.services.databases.network import DockerNetwork
from seatrial.services.databases.service import DatabaseNames


def create(context: ServiceContext) -> DatabaseNames:
    """The names of one embedded AWS's databases."""
    engine = context.engine
    return DatabaseNames(context.aws, DockerNetwork(engine, context.settings.instance_id) if engine else None)
