"""``seatrial fault …``: what affects a service, the account, or the machine."""

import click

from seatrial.cli import fault_options as fault
from seatrial.cli import options, output
from seatrial.cli.program import control


@click.command("no-capacity")
@fault.service
@fault.lasts
@options.as_json
def no_capacity(*, service: str, **order: object) -> None:
    """Fargate has no capacity for new tasks.

    On AWS: there is no capacity in the subnets' availability zones. The service reports "was unable to place a task.
    Reason: Capacity is unavailable at this time" and retries; running tasks are not affected. RunTask returns that
    failure.
    """
    whose = "any service" if service == "*" else f"`{service}`"
    fault.set_fault("no-capacity", f"no task of {whose} can be placed.", service=service, **order)


@click.command()
@click.argument("zone")
@fault.lasts
@options.as_json
def zone(*, zone: str, **order: object) -> None:
    """An availability zone is lost.

    On AWS: a zone loses its power or its network. Tasks in it are not reached any more; the load balancer's health
    checks fail, it sends to the other zone, and ECS starts the replacements there, for there is no capacity in the
    lost one.

    Here the containers of the zone's tasks lose their network until the fault ends. Databases, functions and the load
    balancer itself are not affected.
    """
    fault.set_fault("zone", f"{zone} is lost: its tasks are not reached, and no task starts in it.", zone=zone, **order)


@click.command("other-deployer")
@fault.seconds("5s")
@fault.service
@fault.lasts
@options.as_json
def other_deployer(*, service: str, seconds: float, **order: object) -> None:
    """Another process deploys during a deployment.

    On AWS: a colleague, the console, a forgotten pipeline. This long after the start of the service's next deployment,
    a copy of the previous task definition is registered and deployed; ECS stops the first deployment.
    Happens once.
    """
    whose = "the next service" if service == "*" else f"`{service}`"
    effect = (
        f"{seconds:g} s after the next deployment of {whose} started, another process deploys the previous revision."
    )
    fault.set_fault("other-deployer", effect, service=service, seconds=seconds, **order)


@click.command()
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True, metavar="SHARE")
@click.option("--for", "lasts", type=fault.DURATION, default="60s", show_default=True, metavar="DURATION")
@options.as_json
def throttle(*, share: float, lasts: float, **order: object) -> None:
    """Another caller uses the account's quota of ECS calls.

    On AWS: a dashboard or a script polls. This share of the ECS calls of all callers, evenly spread, fails with
    ThrottlingException ("Rate exceeded"); ECS itself is not affected. With a share of 1 every call fails.

    The quotas themselves always apply: see docs/seatrial/guide.md.
    """
    effect = f"for {lasts:g} s, a share of {share:g} of the ECS calls is throttled."
    fault.set_fault("throttle", effect, share=share, lasts=lasts, **order)


@click.command("engine-restart")
@fault.seconds("5s")
@options.as_json
def engine_restart(*, seconds: float, **order: object) -> None:
    """Docker restarts: every container is killed at once.

    Closest on AWS: all hosts of the tasks are lost at once. All tasks stop, nothing can be started for this long, then
    the services start their tasks again. Docker itself and other containers are not affected.
    """
    effect = f"every container is killed, and the engine returns in {seconds:g} s."
    fault.set_fault("engine-restart", effect, seconds=seconds, **order)


@click.command()
@options.as_json
def kill(*, as_json: bool) -> None:
    """The embedded AWS itself is killed (SIGKILL), and started again.

    On AWS the control plane is unavailable for a moment: calls fail, containers keep running. Afterwards all resources
    exist again, and a deployment in progress continues.
    """
    found = control(output.say).kill()
    if as_json:
        output.as_json({"endpoint": found.endpoint, "pid": found.pid, "started": found.started})
        return
    output.say(f"The embedded AWS is running again at {found.endpoint} (process {found.pid}).")
    output.next_step("seatrial status")
