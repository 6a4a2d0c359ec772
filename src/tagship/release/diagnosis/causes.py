"""Every cause that a failed rollout can be given, from the surest sign to the vaguest.

The texts of ECS that are looked for: developer guide, "Stopped tasks error messages", "CannotPullContainer task
errors", "ResourceInitializationError", "Amazon ECS service event messages", and public reports that quote them.
"""

from typing import Final

from tagship.release.diagnosis import signs
from tagship.release.diagnosis.cause import Cause, Cure
from tagship.release.diagnosis.causes_of_ends import ENDED
from tagship.release.diagnosis.secret_signs import of_a_secret
from tagship.release.diagnosis.signs import answered, first_of, log_matches, reason, stop_code

_AWAY: Final = (
    r"i/o timeout|dial tcp|timed? ?out|deadline exceeded|no such host|send request failed|connection issue|"
    r"request canceled while waiting"
)

_BEFORE_ANY_CONTAINER: Final = (
    Cause(
        "superseded",
        signs.superseded,
        "Another deployment of `{service}` was started during the rollout, so ECS stopped this one.",
        "Find out who deployed (tagship history, CloudTrail's UpdateService), and deploy from one place only.",
        Cure.OUTSIDE,
    ),
    Cause(
        "deployment-alarm",
        signs.alarm,
        "A CloudWatch alarm of the deployment is in ALARM: {told}",
        "Check the alarm's metric since the start of the rollout; fix the cause, and push a new tag.",
    ),
    Cause(
        "image-pull-denied",
        first_of(
            reason(r"ecr:\w+", r"not authorized|AccessDenied"),
            reason(r"ecr registry auth", r"AccessDenied|not authorized"),
            reason(r"CannotPull", r"403 Forbidden|AccessDenied|not authorized|denied|no basic auth|401 Unauthorized"),
        ),
        "The execution role may not pull the image, so no container ever started.",
        "Give the execution role ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer: "
        "tagship infra apply. In another account, the repository's policy must allow it, too.",
        Cure.OUTSIDE,
    ),
    Cause(
        "secret-missing",
        of_a_secret(
            r"secret|ssm|parameter",
            r"secret.*ResourceNotFound|ParameterNotFound|invalid (?:ssm )?parameters|specified secret|json key",
        ),
        "No container ever started, because {secret} does not exist.",
        "Set it ({advice}), or correct its name in tagship.yaml; then deploy the tag again.",
        Cure.EITHER,
    ),
    Cause(
        "secret-denied",
        of_a_secret(r"secretsmanager:GetSecretValue|ssm:GetParameters?|kms:Decrypt|retrieve secrets?.*AccessDenied"),
        "No container ever started, because the execution role may not read {secret}.",
        "Let it read what the manifest names: tagship infra apply. Else give the role the action in the reason below "
        "(kms:Decrypt, too, for a key of your own).",
        Cure.OUTSIDE,
    ),
    Cause(
        "log-group-missing",
        reason(r"logger|log stream|CreateLogStream", r"ResourceNotFoundException|does not exist"),
        "The task's log group does not exist, so no container ever started.",
        "Create it: tagship infra apply.",
        Cure.OUTSIDE,
    ),
    Cause(
        "log-denied",
        reason(r"logs:\w+|logger|log stream", r"AccessDenied|not authorized"),
        "The execution role may not write to the task's log group, so no container ever started.",
        "Give the execution role logs:CreateLogStream and logs:PutLogEvents: tagship infra apply.",
        Cure.OUTSIDE,
    ),
    Cause(
        "no-route",
        reason(r"CannotPull|ResourceInitializationError", _AWAY),
        "The task reached no registry, secret store or log service, so no container ever started.",
        "Give its subnets an outbound route: `network.nat: single`, or VPC endpoints for ECR (api and dkr), S3, "
        "CloudWatch Logs and Secrets Manager, whose security group allows the tasks on port 443.",
        Cure.EITHER,
    ),
    Cause(
        "wrong-architecture",
        first_of(
            reason(r"exec format error|matching platform|no matching manifest"),
            # Under an init process the C library hands what the kernel refuses to the shell, which reads its header.
            log_matches("wrong-architecture"),
        ),
        "The image's program is for another processor than the task's.",
        "Build for linux/amd64: `FROM --platform=linux/amd64 …`.",
    ),
    Cause(
        "image-missing",
        reason(r"CannotPull", r"not found|manifest unknown|does not exist|name unknown|NotFound"),
        "The image is not in the registry, so ECS could not pull it and no container ever started.",
        "Check whether a lifecycle rule or a user deleted it, and push a new tag: tagship builds it again.",
        Cure.EITHER,
    ),
    Cause(
        "image-not-pulled",
        reason(r"CannotPull"),
        "ECS could not pull the image, so no container ever started.",
        "Read the reason below: it comes from the registry. Typical: a full disk, a rate limit, a broken image.",
        Cure.EITHER,
    ),
    Cause(
        "initialization-failed",
        reason(r"ResourceInitializationError"),
        "ECS could not prepare the task: a secret, the registry, a volume or the log group was not available.",
        "Read the reason below: it names what was not available.",
        Cure.EITHER,
    ),
    Cause(
        "script-unreadable",
        log_matches("script-unreadable"),
        "A script of the image cannot be run: {line}",
        "Save it with Unix line endings (LF; `*.sh text eol=lf` in .gitattributes), and let its first line name an "
        "interpreter that is in the image, such as `#!/bin/sh`.",
    ),
    Cause(
        "entry-point-missing",
        first_of(
            signs.entry_point_missing,
            log_matches("entry-point-missing"),
        ),
        "The container could not start a program, because the program or its interpreter was not found: {line}",
        "{advice}",
    ),
    Cause(
        "permission-denied",
        first_of(
            reason(r"Cannot(?:Start|Create)Container", r"permission denied"),
            log_matches("permission-denied"),
        ),
        "The container's user may not do what its program needs: {line}",
        "Make the program executable (`chmod +x`), and let it write only where its user may; "
        "or change `USER` in the Dockerfile.",
    ),
    Cause(
        "cannot-start",
        reason(r"Cannot(?:Start|Create)Container"),
        "The container could not be started at all.",
        "Read the reason below: it comes from the container engine. Check the image's entry point and user.",
    ),
)

_UNHEALTHY: Final = (
    Cause(
        "health-path-404",
        answered(r"404"),
        "The container is running, but has no `{path}`: it returns 404 to the health check.",
        "Set `services.{service}.health.path` to a path that both this version and the live one serve, then "
        "tagship infra apply: it checks the running tasks immediately.",
    ),
    Cause(
        "health-path-5xx",
        answered(r"5\d\d"),
        "The container is running, but returns {status} to the health check at `{path}`: it reports itself unhealthy.",
        "Check in the log below what `{path}` depends on: often a database or another service.",
    ),
    Cause(
        "health-check-answer",
        answered(r"\d+"),
        "The container is running, but returns {status} to the health check at `{path}`.",
        "Let `{path}` return 200 to 399 without a login and without a redirect to another host, or set "
        "`services.{service}.health.path` to a path that does; the live version must serve it, too.",
    ),
    Cause(
        "wrong-port",
        signs.listens_elsewhere,
        "The container is running and listens on port {elsewhere}, but the manifest has {port}: {line}",
        "Set `services.{service}.port` to {elsewhere} and tagship infra apply, or let it listen on {port}.",
    ),
    Cause(
        "listens-on-loopback",
        signs.listens_on_loopback,
        "The container is running, but listens on {host} only, which is not reachable from outside: {line}",
        "Let the application listen on 0.0.0.0:{port}.",
    ),
    Cause(
        "slow-start",
        signs.started_late,
        "The container started listening {took}; the grace period is {grace} s: {line}",
        "Raise `services.{service}.health.grace_period` above the start time, or make the start faster.",
    ),
    Cause(
        "health-check-timeout",
        signs.hangs,
        "The container accepts connections on port {port}, but `{path}` did not respond within {timeout} s.",
        "Make `{path}` fast (no database, no other service), raise `services.{service}.health.timeout`, or give it "
        "more `services.{service}.cpu`. A security group that drops packets looks the same.",
    ),
    Cause(
        "health-check-silence",
        signs.silent,
        "The container is running, but nothing responded on port {port} within its grace period of {grace} s{printed}.",
        "Check that the app listens on 0.0.0.0:{port} (`services.{service}.port`). If it only starts slowly, "
        "`services.{service}.health.grace_period` must be longer than the start time: measure it, or try {longer} "
        "and check in the log when it listens.{unbuffered}",
    ),
    Cause(
        "container-health-check",
        reason(r"failed container health checks"),
        "The container is running, but its image's own health check fails.",
        "Run the image's `HEALTHCHECK` command in the container: tagship exec. Correct it, or remove it.",
    ),
)

_AROUND: Final = (
    Cause(
        "no-capacity",
        signs.not_placed,
        "ECS could not place a new task: {told}",
        "Wait and deploy the tag again. Raise a vCPU limit in Service Quotas; if capacity is scarce, try another "
        "`services.{service}.cpu` size.",
        Cure.OUTSIDE,
    ),
    Cause(
        "interrupted",
        stop_code("SpotInterruption", "TerminationNotice", "InfrastructureHealth"),
        "AWS reclaimed the tasks' capacity; the version itself may be fine.",
        "Deploy the tag again.",
        Cure.OUTSIDE,
    ),
)
"""What comes from outside counts only where nothing of the version's own went wrong."""

CAUSES: Final = (*_BEFORE_ANY_CONTAINER, *ENDED, *_UNHEALTHY, *_AROUND)
