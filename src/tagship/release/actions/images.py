"""Builds an image, and registers the revision that runs it."""

from tagship.base.errors import TagshipError
from tagship.image.builder import BuildRequest, RegistryCredentials
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext
from tagship.release.planning.steps import BuildImage, RegisterRevision
from tagship.release.planning.task_definition import CONTENT_TAG, VERSION_TAG


def build(context: ReleaseContext, board: ProgressBoard, step: BuildImage) -> str:
    """Build and push; returns the digest."""
    wanted, source = context.wanted, context.source
    if source is None:
        raise TagshipError(f"The source of `{step.service}` is not available to build from.")
    asked = wanted.manifest.services[step.service].build
    sign_in = context.doors.ecr.sign_in()
    digest = context.doors.builder.build_and_push(
        BuildRequest(
            service=step.service,
            context=context.tree / asked.context,
            top=source.top(context.tree),
            dockerfile=asked.dockerfile,
            version=step.version,
            revision=source.commit,
            source=source.remote,
            created=source.committed_at,
            repository_url=wanted.infrastructure.services[step.service].repository_url,
            credentials=RegistryCredentials(sign_in.registry, sign_in.username, sign_in.password),
            arguments=asked.args,
            target=asked.target,
            secrets={name: where.removeprefix("env:") for name, where in asked.secrets.items()},
            ssh=asked.ssh,
        )
    )
    board.has_image(step.service, digest)
    return digest


def register(context: ReleaseContext, board: ProgressBoard, step: RegisterRevision) -> str:
    """Register; returns ``family:number``."""
    wanted = context.wanted
    digest = step.image.digest or board.services[step.service].digest
    image = wanted.image(step.service, digest)
    definition, content = wanted.definition(step.service, image), wanted.content(step.service, image)
    tags = {
        CONTENT_TAG: content,
        VERSION_TAG: wanted.version,
        "tagship:app": wanted.manifest.app,
        "tagship:environment": wanted.manifest.environment,
    }
    revision = context.doors.ecs.register(definition, tags)
    board.registered(step.service, revision.arn, content)
    return revision.name
