"""Every correction."""

from tagship.local.context import LocalContext
from tagship.local.corrections import ec2, ecr
from tagship.local.corrections.correction import Corrections


def create(context: LocalContext) -> Corrections:
    """Every correction, as one service."""
    return Corrections(
        (
            ecr.registry_address(context.settings),
            ec2.ports_of_all_protocols(),
        )
    )
