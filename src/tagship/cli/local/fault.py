"""``tagship local fault``: the list of its commands."""

from tagship.cli.lazy import Entry, LazyGroup

_TASKS = "tagship.cli.local.fault_tasks"
_ACCOUNT = "tagship.cli.local.fault_account"
_SET = "tagship.cli.local.fault_set"

fault = LazyGroup(
    "fault",
    {
        "image-missing": Entry(f"{_TASKS}:image_missing", "Images cannot be pulled."),
        "pull-slow": Entry(f"{_TASKS}:pull_slow", "Images take longer to pull."),
        "crash": Entry(f"{_TASKS}:crash", "Applications crash after some seconds."),
        "out-of-memory": Entry(f"{_TASKS}:out_of_memory", "Applications use too much memory after some seconds."),
        "slow-start": Entry(f"{_TASKS}:slow_start", "Applications begin to listen late."),
        "health-503": Entry(f"{_TASKS}:health_503", "Health checks are answered with 503."),
        "secret-denied": Entry(f"{_TASKS}:secret_denied", "Secrets may not be read."),
        "log-denied": Entry(f"{_TASKS}:log_denied", "Log streams may not be made."),
        "no-capacity": Entry(f"{_ACCOUNT}:no_capacity", "Tasks find no capacity."),
        "other-deployer": Entry(f"{_ACCOUNT}:other_deployer", "Somebody else deploys in the middle of a deployment."),
        "throttle": Entry(f"{_ACCOUNT}:throttle", "Another caller uses the account's quota of ECS calls."),
        "engine-restart": Entry(f"{_ACCOUNT}:engine_restart", "Docker restarts: every container is killed at once."),
        "kill": Entry(f"{_ACCOUNT}:kill", "The embedded AWS itself is killed, and started again."),
        "list": Entry(f"{_SET}:list_", "The faults that are set."),
        "clear": Entry(f"{_SET}:clear", "Clear one fault, or all."),
    },
    help="Let something go wrong as it goes wrong at AWS, to see what a release does. Needs a running embedded AWS.",
)
