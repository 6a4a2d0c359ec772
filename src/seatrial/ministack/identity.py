"""The door to what MiniStack knows of identities: users' keys, sessions; and to how it routes a request."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from seatrial.core.incoming import Incoming

Session = dict[str, Any]
"""What MiniStack keeps of a session: ``SecretAccessKey``, ``SessionToken``, ``Arn``, ``Expiration`` (seconds) and more;
names that begin with an underscore are ours."""


@dataclass(frozen=True)
class IssuedKey:
    """A key that was given out.

    Args:
        secret: the secret key.
        principal: the ARN of whoever has it.
        session: what is kept of the session; empty for a user's key.
    """

    secret: str = field(repr=False)
    principal: str
    session: Session = field(repr=False)


class Identities:
    """MiniStack's own tables, once it is loaded: sessions of STS and Cognito, access keys of IAM."""

    def __init__(self) -> None:
        self._evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
        self._router: Any = importlib.import_module("ministack.core.router")
        self._runtime: Any = importlib.import_module("ministack.core.lambda_runtime")
        self._sts: Any = importlib.import_module("ministack.services.sts")
        self._register: Callable[[str, Session], None] = self._sts.register_session

    def find(self, access_key: str, token: str) -> IssuedKey | str:
        """Whose key this is.

        Returns:
            What is known of it, or the general name of what is wrong; see ``access/refusals.py``.
        """
        if self._evaluator.is_root_access_key(access_key):
            return "InvalidClientTokenId"  # MiniStack would take "test", and any account's number.
        account = self._evaluator.find_iam_access_key_account(access_key)
        session: Session = self._sts._sessions.get(access_key) or {}  # noqa: SLF001 - see docs/architecture.md
        found = self._evaluator.resolve_credential(access_key, account or session.get("AccountId"), token)
        if isinstance(found, self._evaluator.CredentialResolutionError):
            return {"ExpiredTokenException": "ExpiredToken", "InvalidToken": "InvalidToken"}.get(
                found.code, "InvalidClientTokenId"
            )
        return IssuedKey(found.secret_access_key, found.principal_arn, session)

    def session(self, access_key: str) -> Session | None:
        """What is kept of a session."""
        found: Session | None = self._sts._sessions.get(access_key)  # noqa: SLF001 - as above
        return found

    def register(self, access_key: str, session: Session) -> None:
        """Have a session from now on."""
        self._register(access_key, session)

    def forget(self, access_key: str) -> None:
        """End a session."""
        self._sts._sessions.pop(access_key, None)  # noqa: SLF001 - as above

    def follow(self, begun: Callable[[str, Session], None]) -> None:
        """From now on every session that MiniStack begins is told to ``begun``, which registers it."""
        self._sts.register_session = begun

    def give_functions(self, credentials: Callable[[str, str], Mapping[str, str]]) -> None:
        """From now on Lambda functions get these credentials, as the variables that SDKs read.

        Args:
            credentials: gives them from the ARN of the execution role and the function's name.
        """

        def execution_credentials(config: Mapping[str, Any]) -> dict[str, str]:
            return dict(credentials(str(config.get("Role", "")), str(config.get("FunctionName", ""))))

        self._runtime.execution_credentials = execution_credentials
        importlib.import_module("ministack.services.lambda_svc").execution_credentials = execution_credentials  # type: ignore[attr-defined]

    def service(self, request: Incoming, body: bytes) -> str:
        """The service to which MiniStack routes a request, by its own name for it."""
        params: dict[str, list[str]] = {}
        for name, value in request.pairs:
            params.setdefault(name, []).append(value)
        if request.is_form:
            params = {**parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True), **params}
        return str(self._router.detect_service(request.method, request.path, request.headers, params))
