"""Builds an image, and registers the revision that runs it."""

from tagship.base.errors import TagshipError
from tagship.image.builder import BuildRequest, RegistryCredentials
from tagship.release.definition import CONTENT_TAG, VERSION_TAG, content_hash
from tagship.release.steps import BuildImage, RegisterRevision
from tagship.release.work import Work


def build(work: Work, step: BuildImage) -> str:
    """Build and push; returns the digest."""
    wanted, source = work.materials.wanted, work.materials.source
    if source is None:
        raise TagshipError(f"There is no source to build `{step.service}` from.")
    asked = wanted.manifest.services[step.service].build
    sign_in = work.doors.ecr.sign_in()
    digest = work.doors.builder.build_and_push(
        BuildRequest(
            service=step.service,
            context=work.materials.tree / asked.context,
            top=source.top(work.materials.tree),
            dockerfile=asked.dockerfile,
            version=step.version,
            revision=source.commit,
            source=source.remote,
            created=source.committed_at,
            repository_url=wanted.infrastructure.services[step.service].repository_url,
            credentials=RegistryCredentials(sign_in.registry, sign_in.username, sign_in.password),
        )
    )
    work.know(step.service, digest=digest)
    return digest


def register(work: Work, step: RegisterRevision) -> str:
    """Register; returns ``family:number``."""
    wanted = work.materials.wanted
    digest = step.image.digest or work.progress[step.service].digest
    definition = wanted.definition(step.service, wanted.image(step.service, digest))
    content = content_hash(definition)
    tags = {
        CONTENT_TAG: content,
        VERSION_TAG: wanted.version,
        "tagship:app": wanted.manifest.app,
        "tagship:environment": wanted.manifest.environment,
    }
    revision = work.doors.ecs.register(definition, tags)
    work.know(step.service, revision=revision.arn, content=content)
    return revision.name
