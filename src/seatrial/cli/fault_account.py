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
    """Tasks find no capacity.

    On AWS: Fargate has no room in the subnets' availability zones. The service says "was unable to place a task.
    Reason: Capacity is unavailable at this time" and goes on trying; what runs goes on running. RunTask answers with
    that failure.
    """
    whose = "any service" if service == "*" else f"`{service}`"
    fault.set_fault("no-capacity", f"no task of {whose} is placed.", service=service, **order)


@click.command("other-deployer")
@fault.seconds("5s")
@fault.service
@fault.lasts
@options.as_json
def other_deployer(*, service: str, seconds: float, **order: object) -> None:
    """Somebody else deploys in the middle of a deployment.

    On AWS: a colleague, a console, a forgotten pipeline. So long after the next deployment of the service began, a copy
    of the task definition before it is registered and deployed; ECS stops the first deployment in favour of that one.
    Happens once.
    """
    whose = "the next service" if service == "*" else f"`{service}`"
    effect = f"{seconds:g} s after the next deployment of {whose} began, somebody else deploys what was before."
    fault.set_fault("other-deployer", effect, service=service, seconds=seconds, **order)


@click.command()
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True, metavar="SHARE")
@click.option("--for", "lasts", type=fault.DURATION, default="60s", show_default=True, metavar="DURATION")
@options.as_json
def throttle(*, share: float, lasts: float, **order: object) -> None:
    """Another caller uses the account's quota of ECS calls.

    On AWS: a dashboard or a script polls. That share of the ECS calls, evenly spread, is answered with
    ThrottlingException ("Rate exceeded"), whoever calls; ECS itself goes on. With a share of 1 no call gets through.

    The quotas themselves hold always: see docs/operations.md.
    """
    effect = f"for {lasts:g} s, a share of {share:g} of the ECS calls is throttled."
    fault.set_fault("throttle", effect, share=share, lasts=lasts, **order)


@click.command("engine-restart")
@fault.seconds("5s")
@options.as_json
def engine_restart(*, seconds: float, **order: object) -> None:
    """Docker restarts: every container is killed at once.

    Nearest on AWS: every host of the tasks is lost at once. All tasks stop, nothing can be started for so long, then
    the services start their tasks again. The real engine is not touched, and no container but this embedded AWS's own.
    """
    effect = f"every container is killed, and the engine is back in {seconds:g} s."
    fault.set_fault("engine-restart", effect, seconds=seconds, **order)


@click.command()
@options.as_json
def kill(*, as_json: bool) -> None:
    """The embedded AWS itself is killed (SIGKILL), and started again.

    On AWS the control plane is away for a moment: calls fail, containers run on. What was made is there again, a
    deployment under way goes on.
    """
    found = control(output.say).kill()
    if as_json:
        output.as_json({"endpoint": found.endpoint, "pid": found.pid, "started": found.started})
        return
    output.say(f"The embedded AWS answers again at {found.endpoint} (process {found.pid}).")
    output.next_step("seatrial status")
