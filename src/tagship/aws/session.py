"""One session with one AWS: its region, its endpoint, its credentials.

It is botocore's own session: boto3's adds resources and transfers, which nobody here asks for, and a third to the time
that the import takes.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from tagship.aws.errors import translated
from tagship.aws.pacing import Pacing
from tagship.base.clock import Clock, SystemClock

if TYPE_CHECKING:
    from botocore.session import Session


@dataclass(frozen=True)
class AwsAccess:
    """Which AWS to speak to.

    Args:
        region: such as ``eu-central-1``.
        endpoint_url: another endpoint than Amazon's own, for every service.
        access_key: explicit credentials, with ``secret_key``; without, the SDK's usual search.
        secret_key: see ``access_key``; never shown.
        session_token: of credentials that end; never shown.
    """

    region: str
    endpoint_url: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)

    def as_variables(self) -> dict[str, str]:
        """The explicit credentials as the variables that every AWS program reads; empty where there are none."""
        if not self.access_key or not self.secret_key:
            return {}
        token = {"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {}
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key, **token}


class Aws:
    """Makes clients, one of each kind, which together keep within AWS's quotas."""

    def __init__(self, access: AwsAccess, clock: Clock | None = None) -> None:
        self.access = access
        # Making clients is not thread-safe in botocore; using them is.
        self._making = Lock()
        self._session = _session(access)
        Pacing(clock or SystemClock()).listen(self._session.get_component("event_emitter"))
        self._cached = lru_cache(maxsize=None)(self._make)

    def client(self, service: str) -> Any:  # noqa: ANN401 - each door casts it to its own typed client
        """The client of a service, such as ``ecs``.

        Making one takes tens of milliseconds, so a door asks for its own when it is first used.
        """
        with self._making:
            return self._cached(service)

    def expires(self) -> datetime | None:
        """When the credentials stop being good; None where the SDK renews them, or they do not say.

        Variables are what nobody renews, and ``AWS_CREDENTIAL_EXPIRATION`` says of them until when.
        """
        with translated():
            found = self._session.get_credentials()
        if found is None or found.method != "env":
            return None
        expiry: datetime | None = getattr(found, "_expiry_time", None)
        return expiry

    def account(self) -> str:
        """The account that these credentials belong to: twelve digits."""
        with translated():
            return str(self.client("sts").get_caller_identity()["Account"])

    def _make(self, service: str) -> Any:  # noqa: ANN401 - as above
        from botocore.config import Config  # noqa: PLC0415 - types of AWS are there without the SDK

        with translated():
            return self._session.create_client(
                service,
                endpoint_url=self.access.endpoint_url,
                config=Config(
                    retries={"mode": "adaptive", "max_attempts": 6},
                    connect_timeout=5,
                    read_timeout=60,
                    s3={"addressing_style": "path" if self.access.endpoint_url else "auto"},
                    user_agent_extra="tagship",
                ),
            )


def take_role(access: AwsAccess, role: str, session: str) -> AwsAccess:
    """The same AWS with the credentials of a role, for an hour (STS, ``AssumeRole``).

    Args:
        access: whose credentials take the role.
        role: its ARN.
        session: what the session is called.

    Raises:
        AwsError: the role is not there, or may not be taken.
    """
    with translated():
        given = Aws(access).client("sts").assume_role(RoleArn=role, RoleSessionName=session)["Credentials"]
    return replace(
        access,
        access_key=given["AccessKeyId"],
        secret_key=given["SecretAccessKey"],
        session_token=given["SessionToken"],
    )


def _session(access: AwsAccess) -> "Session":
    from botocore.session import Session  # noqa: PLC0415 - as above

    from tagship.aws.models import models  # noqa: PLC0415 - as above

    session = Session()
    session.register_component("data_loader", models(session.get_config_variable("data_path")))
    session.set_config_variable("region", access.region)
    if access.access_key and access.secret_key:
        session.set_credentials(access.access_key, access.secret_key, access.session_token)
    return session
