"""Every cause that a failed rollout can be given, from the surest sign to the vaguest.

The texts of ECS that are looked for: developer guide, "Stopped tasks error messages", "CannotPullContainer task
errors", "ResourceInitializationError", "Amazon ECS service event messages", and public reports that quote them.
"""

from typing import Final

from tagship.release.diagnosis import signs
from tagship.release.diagnosis.cause import Cause, Cure
from tagship.release.diagnosis.causes_of_ends import ENDED
from tagship.release.diagnosis.signs import answered, first_of, log_matches, reason, stop_code

_AWAY: Final = (
    r"i/o timeout|dial tcp|timed? ?out|deadline exceeded|no such host|send request failed|connection issue|"
    r"request canceled while waiting"
)

_BEFORE_ANY_CONTAINER: Final = (
    Cause(
        "superseded",
        signs.superseded,
        "Another deployment of `{service}` was started meanwhile, and ECS stopped this one in its favour.",
        "See who deployed (tagship history, CloudTrail's UpdateService), and let only one of you deploy.",
        Cure.OUTSIDE,
    ),
    Cause(
        "deployment-alarm",
        signs.alarm,
        "A CloudWatch alarm of the deployment went off: {told}",
        "Look at the alarm's metric since the rollout began; fix what made it rise, and push a new tag.",
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
        reason(
            r"secret|ssm|parameter",
            r"secret.*ResourceNotFound|ParameterNotFound|invalid (?:ssm )?parameters|specified secret|json key",
        ),
        "A secret or parameter that the task names does not exist, so no container ever started.",
        "Create what the reason below names, in the task's region, or correct its name; then deploy the tag again.",
        Cure.EITHER,
    ),
    Cause(
        "secret-denied",
        reason(r"secretsmanager:GetSecretValue|ssm:GetParameters?|kms:Decrypt|retrieve secrets?.*AccessDenied"),
        "The execution role may not read a secret that the task names, so no container ever started.",
        "Give the execution role the action that the reason below names (kms:Decrypt, too, for a key of your own).",
        Cure.OUTSIDE,
    ),
    Cause(
        "log-group-missing",
        reason(r"logger|log stream|CreateLogStream", r"ResourceNotFoundException|does not exist"),
        "The task's log group does not exist, so no container ever started.",
        "Make it: tagship infra apply.",
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
        "Give its subnets a way out: `network.nat: single`, or VPC endpoints for ECR (api and dkr), S3, CloudWatch "
        "Logs and Secrets Manager, whose security group lets the tasks in at port 443.",
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
        "See whether a lifecycle rule or a person deleted it, and push a new tag: tagship builds it again.",
        Cure.EITHER,
    ),
    Cause(
        "image-not-pulled",
        reason(r"CannotPull"),
        "ECS could not pull the image, so no container ever started.",
        "Read the reason below: it is the registry's own. A full disk, a rate limit and a broken image come so.",
        Cure.EITHER,
    ),
    Cause(
        "initialization-failed",
        reason(r"ResourceInitializationError"),
        "ECS could not prepare the task: a secret, the registry, a volume or the log group was out of reach.",
        "Read the reason below: it names what could not be had.",
        Cure.EITHER,
    ),
    Cause(
        "script-unreadable",
        log_matches("script-unreadable"),
        "A script of the image cannot be run: {line}",
        "Save it with the line ends of Unix (LF; `*.sh text eol=lf` in .gitattributes), and let its first line name an "
        "interpreter that is in the image, such as `#!/bin/sh`.",
    ),
    Cause(
        "entry-point-missing",
        first_of(
            signs.entry_point_missing,
            log_matches("entry-point-missing"),
        ),
        "The container could not start a program, because it was not found or its interpreter was not: {line}",
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
        "Read the reason below: it is the container engine's own. See the image's entry point and user.",
    ),
)

_UNHEALTHY: Final = (
    Cause(
        "health-path-404",
        answered(r"404"),
        "The container runs, but knows no `{path}`: it answers the health check with 404.",
        "Set `services.{service}.health.path` to a path that this version answers and the one that is live does, too, "
        "then tagship infra apply: it asks the running tasks at once.",
    ),
    Cause(
        "health-path-5xx",
        answered(r"5\d\d"),
        "The container runs, but answers the health check at `{path}` with {status}: by its own word it is not well.",
        "See in the log below what `{path}` needs and does not get: often a database or another service.",
    ),
    Cause(
        "health-check-answer",
        answered(r"\d+"),
        "The container runs, but answers the health check at `{path}` with {status}.",
        "Let `{path}` answer 200 to 399 without a login and without a redirect to another host, "
        "or set `services.{service}.health.path` to one that does, which the live version must answer, too.",
    ),
    Cause(
        "wrong-port",
        signs.listens_elsewhere,
        "The container runs and listens on port {elsewhere}, but the manifest says {port}: {line}",
        "Set `services.{service}.port` to {elsewhere} and tagship infra apply, or let it listen on {port}.",
    ),
    Cause(
        "listens-on-loopback",
        signs.listens_on_loopback,
        "The container runs, but listens on {host} only, where nobody else reaches it: {line}",
        "Let the application listen on 0.0.0.0:{port}.",
    ),
    Cause(
        "slow-start",
        signs.started_late,
        "The container began to serve {took}; the load balancer waits {grace} s for it: {line}",
        "Raise `services.{service}.health.grace_period` above what a start takes, or make the start faster.",
    ),
    Cause(
        "health-check-timeout",
        signs.hangs,
        "The container takes connections on port {port}, but `{path}` gave no answer within {timeout} s.",
        "Make `{path}` quick (no database, no other service), raise `services.{service}.health.timeout`, "
        "or give it more `services.{service}.cpu`. A security group that drops packets looks the same.",
    ),
    Cause(
        "health-check-silence",
        signs.silent,
        "The container runs, but nothing answered on port {port} within its grace period of {grace} s{printed}.",
        "See that the app listens on 0.0.0.0:{port} (`services.{service}.port`). If it only starts slowly, "
        "`services.{service}.health.grace_period` must be longer than a start takes: measure one, or try {longer} and "
        "read in the log when it listens.{unbuffered}",
    ),
    Cause(
        "container-health-check",
        reason(r"failed container health checks"),
        "The container runs, but the health check of its own image says that it is not well.",
        "Run the image's `HEALTHCHECK` command in the container: tagship exec. Correct it, or leave it out.",
    ),
)

_AROUND: Final = (
    Cause(
        "no-capacity",
        signs.not_placed,
        "ECS found no place for a new task: {told}",
        "Wait and deploy the tag again. A limit on vCPUs is raised in Service Quotas; "
        "scarce capacity is eased by another `services.{service}.cpu` size.",
        Cure.OUTSIDE,
    ),
    Cause(
        "interrupted",
        stop_code("SpotInterruption", "TerminationNotice", "InfrastructureHealth"),
        "AWS took the tasks' capacity away; the version itself may be well.",
        "Deploy the tag again.",
        Cure.OUTSIDE,
    ),
)
"""What comes from outside counts only where nothing of the version's own went wrong."""

CAUSES: Final = (*_BEFORE_ANY_CONTAINER, *ENDED, *_UNHEALTHY, *_AROUND)
