"""What nobody could bring back is not taken away by a line that is missing in the manifest."""

from tour.chapter import Chapter, Claims
from tour.stage import Stage

REFUSED = 5


def play(stage: Stage, claims: Claims) -> None:
    """Leave the database out of the manifest, and try to apply."""
    whole = stage.manifest.read_text(encoding="utf-8")
    try:
        stage.manifest.write_text(whole.replace("\ndatabase: {", "\n#database: {").replace("\nvpn: {}", ""))
        failed = stage.refused("infra", "apply", "--yes")
    finally:
        stage.manifest.write_text(whole, encoding="utf-8")
    claims.claim(
        "a plan that would delete the database is refused",
        failed and failed.returncode == REFUSED,
        f"exit code {REFUSED}",
    )
    said = str(failed)
    named = "module.database[0].aws_rds_cluster.this"
    claims.claim("the error names what would be lost", named in said, named)


CHAPTER = Chapter("guard", "a plan that would lose data is refused", play, needs=("network",), minutes=2)
