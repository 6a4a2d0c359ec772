"""``seatrial fault …``: what affects tasks that start from now on."""

import functools
from collections.abc import Callable

import click

from seatrial.cli import fault_options as fault
from seatrial.cli import options


def _for_tasks(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every fault that affects tasks."""
    decorators = (fault.service, fault.tasks, fault.lasts, options.as_json)
    decorated: Callable[..., None] = functools.reduce(lambda made, decorate: decorate(made), decorators, command)
    return decorated


def _whose(service: str) -> str:
    return "every task that starts" if service == "*" else f"each task of `{service}` that starts"


@click.command("image-missing")
@_for_tasks
def image_missing(*, service: str, **order: object) -> None:
    """Images cannot be pulled.

    On AWS: the tag was deleted, or pushed to another registry. The task goes from PENDING to STOPPED with
    CannotPullContainerError and counts as failed; after enough of them the deployment circuit breaker rolls back.
    """
    fault.set_fault("image-missing", f"{_whose(service)} cannot pull its image.", service=service, **order)


@click.command("pull-slow")
@fault.seconds("30s")
@_for_tasks
def pull_slow(*, service: str, seconds: float, **order: object) -> None:
    """Images take longer to pull.

    On AWS: a large image, a cold cache, a busy registry. The task stays PENDING for this much longer; a deployment is
    delayed by that for each batch of tasks, and nothing fails.
    """
    effect = f"{_whose(service)} pulls its image {seconds:g} s longer."
    fault.set_fault("pull-slow", effect, service=service, seconds=seconds, **order)


@click.command()
@fault.seconds("5s")
@_for_tasks
def crash(*, service: str, seconds: float, **order: object) -> None:
    """Applications crash after some seconds.

    On AWS: a setting is missing, a migration was forgotten. The container ends with exit code 1, the task stops with
    "Essential container in task exited". One that was never healthy counts as failed, and the circuit breaker rolls
    back; one that was healthy before is replaced repeatedly.

    Here the container is killed, so it has no last log lines; ECS reports exit code 1, as for an application that
    exited.
    """
    effect = f"{_whose(service)} crashes after {seconds:g} s."
    fault.set_fault("crash", effect, service=service, seconds=seconds, **order)


@click.command("out-of-memory")
@fault.seconds("5s")
@_for_tasks
def out_of_memory(*, service: str, seconds: float, **order: object) -> None:
    """Applications use too much memory after some seconds.

    On AWS: the container ends with exit code 137 and the reason "OutOfMemoryError: Container killed due to memory
    usage"; the task stops as after a crash.
    """
    effect = f"{_whose(service)} is out of memory after {seconds:g} s."
    fault.set_fault("out-of-memory", effect, service=service, seconds=seconds, **order)


@click.command("slow-start")
@fault.seconds("20s")
@_for_tasks
def slow_start(*, service: str, seconds: float, **order: object) -> None:
    """Applications start listening late.

    On AWS: caches are filled and connections opened before the port. The task is RUNNING, its health checks fail.
    Within the health check grace period nothing happens; after it the task is stopped with "Task failed ELB health
    checks", and the circuit breaker rolls back.

    Here the container is paused as soon as it has started.
    """
    effect = f"{_whose(service)} is paused for {seconds:g} s."
    fault.set_fault("slow-start", effect, service=service, seconds=seconds, **order)


@click.command("health-503")
@click.option("--after", "seconds", type=fault.DURATION, default="0s", show_default=True, help="Healthy until then.")
@_for_tasks
def health_503(*, service: str, seconds: float, **order: object) -> None:
    """Health checks get 503.

    On AWS: the application is running but reports itself unhealthy. The target becomes unhealthy with
    Target.ResponseCodeMismatch ("Health checks failed with these codes: [503]"), and a container health check fails
    too; the task is stopped and replaced, and in a deployment the circuit breaker rolls back.

    All other requests reach the application.
    """
    effect = f"the health checks of {_whose(service)} get 503 after {seconds:g} s."
    fault.set_fault("health-503", effect, service=service, seconds=seconds, **order)


@click.command("secret-denied")
@_for_tasks
def secret_denied(*, service: str, **order: object) -> None:
    """Secrets cannot be read.

    On AWS: the execution role lacks a permission. The task stops before it pulls anything, with
    "ResourceInitializationError: unable to pull secrets or registry auth: … AccessDeniedException". Tasks without
    secrets are not affected.
    """
    fault.set_fault("secret-denied", f"{_whose(service)} cannot read its secrets.", service=service, **order)


@click.command("log-denied")
@_for_tasks
def log_denied(*, service: str, **order: object) -> None:
    """Log streams cannot be created.

    On AWS: the execution role lacks logs:CreateLogStream. The task stops before it pulls anything, with
    "ResourceInitializationError: failed to validate logger args: … AccessDeniedException".
    """
    fault.set_fault("log-denied", f"{_whose(service)} cannot create its log stream.", service=service, **order)
