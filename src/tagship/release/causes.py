"""Every cause that a failed rollout can be given, from the surest sign to the vaguest.

The texts of ECS that are looked for: developer guide, "Stopped tasks error messages", "CannotPullContainer task
errors", "ResourceInitializationError", "Amazon ECS service event messages", and public reports that quote them.
"""

from dataclasses import dataclass
from typing import Final

from tagship.release import signs
from tagship.release.signs import Sign, answered, first_of, last_words, reason, stop_code


@dataclass(frozen=True)
class Cause:
    """A named cause.

    Args:
        name: stable, for scripts; its section in the runbook has the same name.
        sign: by which it is known.
        happened: a sentence, with places for words: those of the sign, and of ``diagnosis.words``.
        change: what to do about it.
    """

    name: str
    sign: Sign
    happened: str
    change: str


_AWAY: Final = (
    r"i/o timeout|dial tcp|timed? ?out|deadline exceeded|no such host|send request failed|connection issue|"
    r"request canceled while waiting"
)
_NO_ANSWER: Final = (
    r"ECONNREFUSED|ENOTFOUND|ETIMEDOUT|connection refused|could not connect to server|connection timed out|"
    r"could not translate host name|Name or service not known|Temporary failure in name resolution|getaddrinfo|"
    r"Can't connect to MySQL|Communications link failure|connection to server at .* failed|no such host|"
    r"server selection timed? ?out"
)
_HOST: Final = (
    r"(?:host(?: ?name)?|server at|connect(?:ing|ion)?(?: to)?|lookup|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|tcp)"
    r"\W+(?P<host>[A-Za-z0-9][\w.-]*\.[\w.-]*\w|localhost)"
)

_BEFORE_ANY_CONTAINER: Final = (
    Cause(
        "superseded",
        signs.superseded,
        "Another deployment of `{service}` was started meanwhile, and ECS stopped this one in its favour.",
        "See who deployed (tagship history, CloudTrail's UpdateService), and let only one of you deploy.",
    ),
    Cause(
        "deployment-alarm",
        signs.alarm,
        "A CloudWatch alarm of the deployment went off: {told}",
        "Look at the alarm's metric since the rollout began; mend what made it rise, and push a new tag.",
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
    ),
    Cause(
        "secret-missing",
        reason(
            r"secret|ssm|parameter",
            r"secret.*ResourceNotFound|ParameterNotFound|invalid (?:ssm )?parameters|specified secret|json key",
        ),
        "A secret or parameter that the task names does not exist, so no container ever started.",
        "Create what the reason below names, in the task's region, or mend its name; then deploy the tag again.",
    ),
    Cause(
        "secret-denied",
        reason(r"secretsmanager:GetSecretValue|ssm:GetParameters?|kms:Decrypt|retrieve secrets?.*AccessDenied"),
        "The execution role may not read a secret that the task names, so no container ever started.",
        "Give the execution role the action that the reason below names (kms:Decrypt, too, for a key of your own).",
    ),
    Cause(
        "log-group-missing",
        reason(r"logger|log stream|CreateLogStream", r"ResourceNotFoundException|does not exist"),
        "The task's log group does not exist, so no container ever started.",
        "Make it: tagship infra apply.",
    ),
    Cause(
        "log-denied",
        reason(r"logs:\w+|logger|log stream", r"AccessDenied|not authorized"),
        "The execution role may not write to the task's log group, so no container ever started.",
        "Give the execution role logs:CreateLogStream and logs:PutLogEvents: tagship infra apply.",
    ),
    Cause(
        "no-route",
        reason(r"CannotPull|ResourceInitializationError", _AWAY),
        "The task reached no registry, secret store or log service, so no container ever started.",
        "Give its subnets a way out: `network.nat: single`, or VPC endpoints for ECR (api and dkr), S3, CloudWatch "
        "Logs and Secrets Manager, whose security group lets the tasks in at port 443.",
    ),
    Cause(
        "wrong-architecture",
        first_of(
            reason(r"exec format error|matching platform|no matching manifest"),
            # Under an init process the C library hands what the kernel refuses to the shell, which reads its header.
            last_words(r"exec format error", r"\bELF\b.*not found"),
        ),
        "The image's program is for another processor than the task's.",
        "Build for linux/amd64: `FROM --platform=linux/amd64 …`.",
    ),
    Cause(
        "image-missing",
        reason(r"CannotPull", r"not found|manifest unknown|does not exist|name unknown|NotFound"),
        "The image is not in the registry, so ECS could not pull it and no container ever started.",
        "See whether a lifecycle rule or a person deleted it, and push a new tag: tagship builds it again.",
    ),
    Cause(
        "image-not-pulled",
        reason(r"CannotPull"),
        "ECS could not pull the image, so no container ever started.",
        "Read the reason below: it is the registry's own. A full disk, a rate limit and a broken image come so.",
    ),
    Cause(
        "initialization-failed",
        reason(r"ResourceInitializationError"),
        "ECS could not prepare the task: a secret, the registry, a volume or the log group was out of reach.",
        "Read the reason below: it names what could not be had.",
    ),
    Cause(
        "entry-point-missing",
        first_of(
            reason(r"Cannot(?:Start|Create)Container", r"executable file not found|no such file or directory"),
            last_words(r"tini.* exec .*no such file or directory", r"^exec .*: no such file or directory"),
        ),
        "The program that the image names as its entry point or command is not in it.",
        "Mend `ENTRYPOINT` or `CMD` in the Dockerfile; a script needs the interpreter of its first line, too.",
    ),
    Cause(
        "permission-denied",
        first_of(
            reason(r"Cannot(?:Start|Create)Container", r"permission denied"),
            last_words(r"permission denied(?! for )", r"PermissionError", r"\bEACCES\b"),
        ),
        "The container's user may not do what its program needs.",
        "Make the program executable (`chmod +x`), let it write only where its user may, "
        "and listen on a port from 1024 up; or change `USER` in the Dockerfile.",
    ),
    Cause(
        "cannot-start",
        reason(r"Cannot(?:Start|Create)Container"),
        "The container could not be started at all.",
        "Read the reason below: it is the container engine's own. See the image's entry point and user.",
    ),
)

_ENDED_BY_ITSELF: Final = (
    Cause(
        "out-of-memory",
        first_of(
            reason(r"OutOfMemory"),
            last_words(
                r"java\.lang\.OutOfMemoryError", r"heap out of memory", r"^MemoryError", r"cannot allocate memory"
            ),
        ),
        "The container used more memory than it has and was killed; the task has {memory} MiB.",
        "Raise `services.{service}.memory`, or find what grew.",
    ),
    Cause(
        "crash-on-import",
        last_words(
            r"ModuleNotFoundError|ImportError|Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND",
            r"ClassNotFoundException|NoClassDefFoundError|cannot load such file|error while loading shared libraries",
        ),
        "The application ended while it loaded its own parts: {line}",
        "Put what is missing into the image: the lock file, `COPY` in the Dockerfile, a system library.",
    ),
    Cause(
        "missing-setting",
        last_words(
            r"KeyError: ['\"](?P<setting>[A-Z][A-Z0-9_]{2,})['\"]",
            r"(?-i:\b(?P<setting>[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{3,}))\b['\"`]?"
            r"(?: environment variable)? (?:is |was |has )?(?:not |un)?"
            r"(?:set|defined|given|missing|required|must be set|must be provided|empty)\b",
            r"(?:missing|required|undefined|no)\b.{0,40}\b(?:environment variable|setting|env var)s?\b"
            r"(?:\W+(?-i:(?P<setting>[A-Z][A-Z0-9_]{2,})))?",
            r"environment variables?\b.{0,60}\b(?:missing|required|not set|undefined|not found)",
            r"validation errors? for \w*(?:Settings|Config)",
        ),
        "The application ended because a setting is missing: {line}",
        "Set it under `services.{service}.environment`: `{setting}`.",
    ),
    Cause(
        "database-unreachable",
        last_words(rf"(?=.*(?:{_NO_ANSWER}))(?:.*?{_HOST})?.*"),
        "The application ended because something that it needs did not answer: {line}",
        "See that {host} is the right address in this environment (`services.{service}.environment`), that it runs, "
        "and that its security group lets this service in.",
    ),
    Cause(
        "port-in-use",
        last_words(r"EADDRINUSE|address already in use"),
        "The application could not listen, because another process of its task has the port.",
        "Start one server in the container, or give the second another port than {port}.",
    ),
    Cause(
        "crash-later",
        signs.crashed_later,
        "The container ran for {ran} s and then ended by itself with exit code {code}; its last words are below.",
        "Mend what they name; it is something that only shows once the application works.",
    ),
    Cause(
        "killed",
        signs.killed,
        "The container was killed (SIGKILL, exit code 137), and ECS says of no memory that was short.",
        "See whether it kills itself or a child of its took too much: compare `services.{service}.memory` "
        "({memory} MiB) with what it uses.",
    ),
    Cause(
        "crash",
        signs.crashed,
        "The container ended by itself with exit code {code}; its last words are below.",
        "Mend what they name. A missing setting belongs under `services.{service}.environment`.",
    ),
    Cause(
        "exited",
        signs.exited,
        "The container ended by itself with exit code 0, as if its work were done.",
        "A service must keep running in the foreground: see the image's command.",
    ),
)

_UNHEALTHY: Final = (
    Cause(
        "health-path-404",
        answered(r"404"),
        "The container runs, but knows no `{path}`: it answers the health check with 404.",
        "Set `services.{service}.health.path` to a path that the application answers, and tagship infra apply.",
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
        "or set `services.{service}.health.path`.",
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
        "The container runs, but nothing answered on port {port} within its grace period of {grace} s.",
        "See that the app listens on 0.0.0.0:{port} (`services.{service}.port`); "
        "if it only starts slowly, raise `services.{service}.health.grace_period`.",
    ),
    Cause(
        "container-health-check",
        reason(r"failed container health checks"),
        "The container runs, but the health check of its own image says that it is not well.",
        "Run the image's `HEALTHCHECK` command in the container: tagship exec. Mend it, or leave it out.",
    ),
)

_AROUND: Final = (
    Cause(
        "no-capacity",
        signs.not_placed,
        "ECS found no place for a new task: {told}",
        "Wait and deploy the tag again. A limit on vCPUs is raised in Service Quotas; "
        "scarce capacity is eased by another `services.{service}.cpu` size.",
    ),
    Cause(
        "interrupted",
        stop_code("SpotInterruption", "TerminationNotice", "InfrastructureHealth"),
        "AWS took the tasks' capacity away; the version itself may be well.",
        "Deploy the tag again.",
    ),
)
"""What comes from outside counts only where nothing of the version's own went wrong."""

CAUSES: Final = (*_BEFORE_ANY_CONTAINER, *_ENDED_BY_ITSELF, *_UNHEALTHY, *_AROUND)
