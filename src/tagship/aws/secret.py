"""The door to one secret, for the function that speaks to Slack; region and credentials are the function's own."""

import boto3

from tagship.aws.errors import translated
from tagship.base.errors import AwsNotFound


def secret_text(arn: str) -> str | None:
    """A secret's text; None where there is none yet.

    Raises:
        AwsError: the secret may not be read, or AWS does not answer.
    """
    try:
        with translated():
            return str(boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    except AwsNotFound:  # the secret itself, or its first value
        return None
