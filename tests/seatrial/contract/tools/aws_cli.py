"""The AWS CLI, a program of others; it pins versions of its own, so ``make aws-cli`` makes an environment for it."""

import os
import subprocess
from pathlib import Path

from tests.seatrial.contract.conftest import REGION, RunningAws

AWS = Path(__file__).parents[4] / ".awscli-venv/bin/aws"


def aws_cli(aws: RunningAws, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run it, as anybody would who was told the endpoint."""
    env = {**os.environ, **aws.variables, "AWS_ENDPOINT_URL": aws.endpoint, "AWS_DEFAULT_REGION": REGION}
    return subprocess.run([AWS, *words], env=env, capture_output=True, text=True, check=False, timeout=timeout)
