"""The environment's bucket: made before Terraform runs, because Terraform's state lies in it; emptied last."""

from typing import Protocol

from tagship.base.errors import AwsNotFound
from tagship.infra.outputs import KEY, Infrastructure, parse


class Stored(Protocol):
    """An object of a bucket."""

    @property
    def body(self) -> bytes:
        """Its content."""
        ...

    @property
    def etag(self) -> str:
        """What a conditional put compares."""
        ...


class BucketStore(Protocol):
    """What infra needs of S3; ``aws/s3.py`` has it."""

    def bucket_exists(self, bucket: str, /) -> bool:
        """Whether there is such a bucket."""
        ...

    def ensure_bucket(self, bucket: str, /) -> bool:
        """Make it private, versioned and encrypted where there is none; returns whether it was made."""
        ...

    def get(self, bucket: str, key: str, /) -> Stored | None:
        """An object; None where there is none, ``AwsNotFound`` where there is no bucket."""
        ...

    def put_new(self, bucket: str, key: str, body: bytes, /) -> str:
        """Create an object; ``AwsConflict`` where it exists."""
        ...

    def put_over(self, bucket: str, key: str, body: bytes, /, *, etag: str) -> str:
        """Replace an object that is still the one with this ETag; ``AwsConflict`` where it is not."""
        ...

    def holds_anything(self, bucket: str, /) -> bool:
        """Whether any version of any object lies in a bucket; nothing does where there is none."""
        ...

    def empty(self, bucket: str, /) -> None:
        """Delete every version of every object; nothing happens where there is no such bucket."""
        ...

    def delete_bucket(self, bucket: str, /) -> None:
        """Delete it with every version of every object; nothing happens where there is none."""
        ...


def read_infrastructure(store: BucketStore, bucket: str, *, environment: str) -> Infrastructure:
    """What Terraform built, with one GET.

    Raises:
        NotReady: nothing was applied yet.
    """
    try:
        found = store.get(bucket, KEY)
    except AwsNotFound:
        found = None
    return parse(found.body if found else None, environment=environment)
