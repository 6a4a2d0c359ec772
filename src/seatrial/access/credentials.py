"""Every key that is good here: the account's own, and those that were given out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seatrial.access.keys import InstanceKeys, new_access_key, new_secret
from seatrial.access.signature import AccessRefused
from seatrial.core.state import Store
from seatrial.ground.clock import Clock
from seatrial.ministack.identity import Identities, Session

KIND = "access.session"
"""The kind under which the store keeps each session, by its access key."""

_BOUNDED = "_bounded"
_FUNCTION = "function "


@dataclass(frozen=True)
class Caller:
    """Who has a key.

    Args:
        principal: the ARN; of the account's root for its own key.
        secret: the secret key.
        session: what is kept of the session; empty of the account's own key, and of a user's.
        is_contained: whether it is a task's or a function's, or was got through one.
    """

    principal: str
    secret: str = field(repr=False)
    session: Mapping[str, Any] = field(default_factory=dict, repr=False)
    is_contained: bool = False

    @property
    def may_everything(self) -> bool:
        """Whether no policies are looked at: the account's own key."""
        return self.principal.endswith(":root") and not self.is_contained


class Credentials:
    """The keys of one embedded AWS.

    Args:
        keys: the account's own.
        account_id: the account.
        identities: what MiniStack has given out.
        store: keeps sessions, which MiniStack forgets with its process.
        clock: tells when a session has ended.
    """

    def __init__(
        self, keys: InstanceKeys, account_id: str, identities: Identities, *, store: Store, clock: Clock
    ) -> None:
        self._keys, self._account_id = keys, account_id
        self._identities, self._store = identities, store
        self._functions: dict[tuple[str, str], str] = {}
        identities.follow(self._begun)
        identities.give_functions(self._of_function)
        now = clock.now().timestamp()
        for key, session in store.all(KIND).items():
            # A function that is started after this gets credentials of its own.
            of_function = str(session.get("_purpose", "")).startswith(_FUNCTION)
            if session.get("Expiration", now) >= now and not of_function:
                identities.register(key, session)
            else:
                store.delete(KIND, key)

    def caller(self, access_key: str, token: str) -> Caller:
        """Who has this key.

        Raises:
            AccessRefused: nobody has.
        """
        if access_key == self._keys.access_key:
            return Caller(f"arn:aws:iam::{self._account_id}:root", self._keys.secret_key)
        found = self._identities.find(access_key, token)
        if isinstance(found, str):
            raise AccessRefused(found)
        return Caller(found.principal, found.secret, found.session, bool(found.session.get(_BOUNDED, False)))

    def issue(self, role_arn: str, session_name: str, *, purpose: str) -> dict[str, str]:
        """Credentials of a role, bound to its rights, as the variables that SDKs read; good until they are ended.

        Args:
            role_arn: the role; empty where there is none, and nothing is allowed.
            session_name: the end of the principal's ARN.
            purpose: whose they are, such as a task's ARN; ``end`` takes it.
        """
        account = role_arn.split(":")[4] if role_arn.count(":") > 4 else self._account_id  # noqa: PLR2004 - an ARN
        role, access_key = role_arn.rpartition("/")[2] or "none", new_access_key("ASIA")
        session: Session = {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session_name[:64]}",
            "UserId": f"{role}:{session_name[:64]}",
            "SecretAccessKey": new_secret(),
            "SessionToken": new_secret() + new_secret(),
            "AccountId": account,
            "PrincipalType": "AssumedRole",
            _BOUNDED: True,
            "_purpose": purpose,
        }
        self._begun(access_key, session)
        return _variables(access_key, session)

    def end(self, purpose: str) -> None:
        """End the credentials that were issued for this."""
        for key, session in self._store.all(KIND).items():
            if session.get("_purpose") == purpose:
                self._store.delete(KIND, key)
                self._identities.forget(key)

    def _begun(self, access_key: str, session: Session) -> None:
        """A session begins; one that nobody asked for with a key of ours, or with a bound one, is bound."""
        source = session.get("SourceAccessKeyId", "")
        before = self._identities.session(source) if source else {_BOUNDED: True}
        session.setdefault(_BOUNDED, bool((before or {}).get(_BOUNDED, False)))
        self._identities.register(access_key, session)
        self._store.put(KIND, access_key, session)

    def _of_function(self, role_arn: str, name: str) -> dict[str, str]:
        """A function keeps its credentials as long as we run: its workers are started with them again and again."""
        known = self._functions.get((role_arn, name), "")
        if session := self._identities.session(known):
            return _variables(known, session)
        made = self.issue(role_arn, name, purpose=f"{_FUNCTION}{role_arn} {name}")
        self._functions[role_arn, name] = made["AWS_ACCESS_KEY_ID"]
        return made


def _variables(access_key: str, session: Session) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": str(session["SecretAccessKey"]),
        "AWS_SESSION_TOKEN": str(session["SessionToken"]),
    }
