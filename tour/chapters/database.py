"""The app's tasks reach the database at a writer and at a reader endpoint, by a secret that only they can read."""

from tour.chapter import Chapter, Claims
from tour.stage import Stage
from tour.systems import Sight

ASKS: str = """
import os, socket, struct
told = os.environ
assert told["DATABASE_USER"] == "app" and told["COGNITO_USER_POOL_ID"], sorted(told)
for endpoint in (told["DATABASE_HOST"], told["DATABASE_READER_HOST"]):
    assert f"@{endpoint}:" in told["DATABASE_URL"] + told["DATABASE_READER_URL"], endpoint
    with socket.create_connection((endpoint, int(told["DATABASE_PORT"])), 10) as database:
        database.sendall(struct.pack(">II", 8, 80877103))  # SSLRequest: PostgreSQL's own way to begin
        assert database.recv(1) in (b"S", b"N"), endpoint
"""


def play(stage: Stage, claims: Claims) -> None:
    """Ask from a task of the app's own."""
    stage.type("run", "api", "--", "python", "-c", ASKS)
    (cluster,) = [
        each
        for each in stage.client("rds").describe_db_clusters()["DBClusters"]
        if "tour" in each["DBClusterIdentifier"]
    ]
    names = cluster["Endpoint"], cluster["ReaderEndpoint"]
    claims.claim(
        "writer and reader have a name each", names[0] != names[1], "; ".join(name.split(".")[1] for name in names)
    )
    claims.claim("PostgreSQL answers a task at both names", True)
    changes = stage.asked("infra", "plan")["changes"]
    claims.claim("Terraform's plan is still empty", changes == [], f"{len(changes)} changes")


CHAPTER = Chapter(
    "database",
    "the app reaches writer and reader",
    play,
    needs=("images",),
    sees=(Sight("aurora", "one PostgreSQL answers at both names"),),
    minutes=3,
)
