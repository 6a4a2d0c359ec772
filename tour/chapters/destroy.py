"""Everything is taken away again."""

from tour.chapter import Chapter, Claims
from tour.stage import ENVIRONMENT, Stage


def play(stage: Stage, claims: Claims) -> None:
    """Destroy, and forget the last snapshot, which stays so that nobody loses data."""
    stage.type("infra", "destroy", "--confirm", ENVIRONMENT)
    rds, deleted = stage.client("rds"), []
    for each in rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]:
        name = each["DBClusterSnapshotIdentifier"]
        if name.startswith(f"notes-{ENVIRONMENT}-final-"):
            rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)
            deleted.append(name)
    claims.claim("everything is destroyed", True, f"{len(deleted)} last snapshots deleted as well")


CHAPTER = Chapter("destroy", "nothing is left", play, needs=("network",), minutes=20)
