"""A version is one commit, for ever: what was built under its name before must come from the commit of its tag.

An image and a site are built once for a version and used again ever after. A tag that was moved since names other
code, so using them would ship the old code under the new commit. Only the commit counts, not the files: an image knows
its commit by a label and a build argument, and two answers to "which commit runs?" are one too many.
"""

from functools import partial
from typing import Final

from tagship.base.errors import Refused
from tagship.base.parallel import run_parallel
from tagship.image.builder import RegistryCredentials
from tagship.image.registry import REVISION_LABEL
from tagship.image.source import Source
from tagship.infra.outputs import Infrastructure
from tagship.release.doors import Doors
from tagship.release.planning.observe import Observation, SiteObservation
from tagship.release.records.record import ReleaseRecord

_AT_ONCE: Final = 8
_SHOWN: Final = 12
"""Characters of a commit that a sentence names."""


def require_one_commit(
    source: Source,
    observation: Observation,
    site: SiteObservation | None,
    *,
    infrastructure: Infrastructure,
    doors: Doors,
    serving: ReleaseRecord | None,
) -> None:
    """Everything that is there under the version was built from the tag's commit.

    Args:
        source: what is to be shipped.
        observation: which services have an image of the version.
        site: whether there is a build of the version.
        infrastructure: where the images are.
        doors: the AWS ports of the registry.
        serving: the newest record that came to serve; what it built from this commit is not asked for again.

    Raises:
        Refused: the tag was moved, or an image does not say from which commit it was built.
    """
    if site and site.build and site.commit != source.commit:
        raise _moved("the site", source, site.commit)
    known = serving.services if serving and (serving.version, serving.commit) == (source.version, source.commit) else {}
    unknown = {
        name: infrastructure.services[name].repository_url
        for name, seen in observation.items()
        if seen.image_digest and (name not in known or known[name].digest != seen.image_digest)
    }
    if not unknown:
        return
    sign_in = doors.ecr.sign_in()
    credentials = RegistryCredentials(sign_in.registry, sign_in.username, sign_in.password)
    commits: dict[str, str] = {}

    def ask(name: str, repository_url: str) -> None:
        commits[name] = doors.registry.commit_of(repository_url, source.version, credentials)

    run_parallel([partial(ask, name, url) for name, url in unknown.items()], _AT_ONCE)
    for name, url in unknown.items():
        if not commits[name]:
            raise _unlabelled(f"{url}:{source.version}", source)
        if commits[name] != source.commit:
            raise _moved(f"the image of `{name}`", source, commits[name])


def require_commit_of(record: ReleaseRecord, source: Source) -> None:
    """A release that goes on ships what it began with.

    Raises:
        Refused: the tag was moved since.
    """
    if record.commit != source.commit:
        raise _moved(f"release {record.number}", source, record.commit)


def _moved(what: str, source: Source, built_from: str) -> Refused:
    return Refused(
        f"The tag `{source.tag}` was moved: {what} was built from {built_from[:_SHOWN]}, and the tag points at "
        f"{source.commit[:_SHOWN]} now. A tag's image is never replaced: tags are immutable.",
        hint=_next_tag(source),
    )


def _unlabelled(reference: str, source: Source) -> Refused:
    return Refused(
        f"The image `{reference}` is in the registry without the label `{REVISION_LABEL}`, so its commit is "
        "unknown: another tool pushed it.",
        hint=f"{_next_tag(source)}; or build it with `--label {REVISION_LABEL}={source.commit}`",
    )


def _next_tag(source: Source) -> str:
    return f"git tag {source.next_tag} {source.commit[:_SHOWN]}, then ship `{source.next_tag}`"
