"""What the application's user needs, as SQL: looks at what there is, and returns what is still to do.

Pure. The master of an Aurora cluster is no superuser, so every statement keeps to what a role with CREATEROLE may do
that owns the database.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from tagship.base.errors import Refused
from tagship.database.scram import verifier

OBSERVATION: Final = """
SELECT role.oid IS NOT NULL,
       coalesce(role.rolname = current_user, false),
       coalesce(role.rolsuper OR role.rolreplication OR role.rolbypassrls, false),
       coalesce(role.rolcanlogin AND NOT role.rolcreaterole AND NOT role.rolcreatedb, false),
       coalesce(shobj_description(role.oid, 'pg_authid'), ''),
       coalesce((SELECT CASE WHEN nspowner = role.oid THEN 'own' ELSE 'other' END
                   FROM pg_namespace WHERE nspname = :username), 'none'),
       coalesce(has_database_privilege(role.oid, current_database(), 'CONNECT')
            AND has_database_privilege(role.oid, current_database(), 'CREATE')
            AND has_database_privilege(role.oid, current_database(), 'TEMPORARY'), false),
       coalesce(has_schema_privilege(role.oid, to_regnamespace('public'), 'CREATE')
            AND has_schema_privilege(role.oid, to_regnamespace('public'), 'USAGE'), to_regnamespace('public') IS NULL)
  FROM (SELECT 1) AS one LEFT JOIN pg_roles AS role ON role.rolname = :username
""".strip()
"""One row about the user: the fields of ``Observed``, in their order. ``:username`` is a parameter."""

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,+/=$-_")


@dataclass(frozen=True)
class Observed:
    """What the database says of the user.

    Args:
        known: whether there is such a role.
        master: whether it is the very user who asks.
        powerful: whether it is a superuser, replicates, or passes by row security.
        modest: whether it may log in and make neither roles nor databases.
        mark: the comment on it.
        schema: whether the schema of its name is its own.
        uses_database: whether it has its privileges on the database.
        uses_public: whether it has its privileges on the schema ``public``, where there is one.
    """

    known: bool
    master: bool
    powerful: bool
    modest: bool
    mark: str
    schema: Literal["own", "other", "none"]
    uses_database: bool
    uses_public: bool


@dataclass(frozen=True)
class DatabaseUser:
    """The application's user, as its connection secret says.

    Args:
        name: the name of the role, and of its schema.
        password: never part of a statement: PostgreSQL is given its verifier.
        database: the application's.
        version: the secret's version; noted at the role, so that the next look tells whether the password is this one.
    """

    name: str
    password: str = field(repr=False)
    database: str
    version: str

    @property
    def mark(self) -> str:
        """The comment on the role. No role may read a password back, so this is how it is known to be the current."""
        return f"Made by tagship from version {self.version} of its secret"


@dataclass(frozen=True)
class Statement:
    """One SQL statement.

    Args:
        sql: not shown.
        purpose: what it is for, in words that can be shown.
        secret: whether it holds a verifier, so that nothing may quote it.
    """

    sql: str = field(repr=False)
    purpose: str
    secret: bool = False


def statements(user: DatabaseUser, observed: Observed) -> list[Statement]:
    """What is still to do, in order; nothing where all is as it should be.

    Raises:
        Refused: the role is the master, or may do what an application must not.
    """
    if observed.master or observed.powerful:
        what = "is the database's master" if observed.master else "is a superuser, replicates or bypasses row security"
        raise Refused(
            f"The application cannot be the database user `{user.name}`: it {what}.",
            hint="Use another user name in the connection secret, or remove that attribute from the role",
        )
    due = [*_role(user, observed), *_schema(user, observed), *_privileges(user, observed)]
    if observed.mark != user.mark:
        # Last: where anything before it fails, the next run does all of it again.
        due.append(
            Statement(f"COMMENT ON ROLE {identifier(user.name)} IS {literal(user.mark)}", "record the secret's version")
        )
    return due


def _role(user: DatabaseUser, observed: Observed) -> list[Statement]:
    name = identifier(user.name)
    due = []
    if not observed.known:
        # Named here and not in ALTER: up to PostgreSQL 15 only a superuser may mention some of them there.
        attributes = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        due.append(Statement(f"CREATE ROLE {name} {attributes}", "create the user"))
    if not observed.modest or observed.mark != user.mark:
        password = literal(verifier(user.password))
        altered = f"ALTER ROLE {name} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {password}"
        due.append(Statement(altered, "set the user's password", secret=True))
    return due


def _schema(user: DatabaseUser, observed: Observed) -> list[Statement]:
    if observed.schema == "own":
        return []
    name = identifier(user.name)
    # Only a member of a role may give it a schema (PostgreSQL, CREATE SCHEMA and ALTER SCHEMA).
    member = Statement(f"GRANT {name} TO CURRENT_USER", "grant the user's role to the master")
    if observed.schema == "other":
        return [member, Statement(f"ALTER SCHEMA {name} OWNER TO {name}", "set the owner of the user's schema")]
    return [member, Statement(f"CREATE SCHEMA {name} AUTHORIZATION {name}", "create the user's schema")]


def _privileges(user: DatabaseUser, observed: Observed) -> list[Statement]:
    name = identifier(user.name)
    due = []
    if not observed.uses_database:
        granted = f"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {identifier(user.database)} TO {name}"
        due.append(Statement(granted, "grant the user access to the database"))
    if not observed.uses_public:
        # Where tools look that do not follow the search path; the user's own schema comes first in it.
        due.append(
            Statement(f"GRANT USAGE, CREATE ON SCHEMA public TO {name}", "grant the user access to the schema `public`")
        )
    return due


def identifier(name: str) -> str:
    """A quoted name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted string, in which whatever is no plain character is written as its number.

    A colon would begin a parameter for the Data API, even within a string.
    """
    return "E'" + "".join(each if each in _PLAIN else f"\\U{ord(each):08X}" for each in text) + "'"
