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
            found = boto3.client("secretsmanager").get_secret_value(SecretId=arn)
    except AwsNotFound:  # the secret itself, or its first value
        return None
    text = found.get("SecretString")  # a binary secret has none
    return None if text is None else str(text)
