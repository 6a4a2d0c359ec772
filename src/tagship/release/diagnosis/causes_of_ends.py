"""The causes of a container that ran and ended by itself: first by its last words, then by its exit code."""

from typing import Final

from tagship.release.diagnosis import signs
from tagship.release.diagnosis.cause import Cause, Cure
from tagship.release.diagnosis.signs import log_matches, reason

NAMED_BY_WORDS: Final = (
    Cause(
        "memory-exhausted",
        log_matches("memory-exhausted"),
        "{who} could get no more memory: {line}",
        "Raise its own limit where it has one (`-XX:MaxRAMPercentage`, `--max-old-space-size`, `memory_limit`) and "
        "`services.{service}.memory`, now {memory} MiB; or find what grew.",
    ),
    Cause(
        "disk-full",
        log_matches("disk-full"),
        "A disk was full: {line}",
        "Write less into the container, whose disk is 20 GiB for its image and files; "
        "where the words are the database's, it is the database's disk.",
        Cure.EITHER,
    ),
    Cause(
        "read-only-disk",
        log_matches("read-only-disk"),
        "{who} wanted to write where the file system is read-only: {line}",
        "Let it write to a folder that may be written, such as /tmp, or to a volume.",
    ),
    Cause(
        "port-forbidden",
        log_matches("port-forbidden"),
        "The container's user may not listen on that port: {line}",
        "Listen on a port from 1024 up (`services.{service}.port`), or run as root: `USER` in the Dockerfile.",
    ),
    Cause(
        "port-in-use",
        log_matches("port-in-use"),
        "The application could not listen, because another process of its task has the port: {line}",
        "Start one server in the container, or give the second another port than {port}.",
    ),
    Cause(
        "database-refused",
        log_matches("database-refused"),
        "The database answered, and refused: {line}",
        "{advice}",
        Cure.EITHER,
    ),
    Cause(
        "migration-history",
        log_matches("migration-history"),
        "The database's record of its migrations and the migrations in the image do not fit together: {line}",
        "Compare the two with the migration tool's own command, and repair the one that is wrong; "
        "never change a migration that has run.",
        Cure.EITHER,
    ),
    Cause(
        "database-locked",
        log_matches("database-locked"),
        "Something else holds a lock in the database: {line}",
        "See who holds it (`pg_stat_activity`, or the migration tool's lock table, where a run that was killed leaves "
        "its lock), end or release that, and try again.",
        Cure.OUTSIDE,
    ),
    Cause(
        "schema-missing",
        log_matches("schema-missing"),
        "The database lacks a table, a column or the like that the code uses: {line}",
        "Let a migration make it before the service starts (`services.{service}.migrate`), "
        "and see that this is the right database and schema.",
    ),
    Cause(
        "schema-conflict",
        log_matches("schema-conflict"),
        "The database already holds what stands in the way of this statement: {line}",
        "See what is there: perhaps an earlier run that failed half-way. Clean it up, or let the migration"
        " allow for it.",
        Cure.EITHER,
    ),
    Cause(
        "tls-failed",
        log_matches("tls-failed"),
        "An encrypted connection could not be made, because one side does not trust or understand the other: {line}",
        "Put the authority's certificate into the image (for RDS, Amazon's bundle) and name it to the driver; "
        "use the name that stands in the certificate, and TLS only where the other side speaks it.",
    ),
    Cause(
        "no-certificate",
        log_matches("no-certificate"),
        "{who} does not find the certificate or the key of its own that it is to use: {line}",
        "The load balancer encrypts towards visitors, so let the application speak plain HTTP on port {port} "
        "and take its HTTPS endpoint out of its configuration. "
        "Where it needs the file all the same, write it at the start out of a secret.",
    ),
    Cause(
        "host-not-found",
        log_matches("host-not-found"),
        "A name was not found in DNS: {line}",
        "See that {host} is spelt right, and that it is a name of this environment rather than of your machine or of "
        "Docker Compose (`services.{service}.environment`).",
        Cure.EITHER,
    ),
    Cause(
        "database-unreachable",
        log_matches("database-unreachable"),
        "{who} got no answer from something that it needs: {line}",
        "{advice}",
        Cure.EITHER,
    ),
    Cause(
        "missing-setting",
        log_matches("missing-setting"),
        "{who} lacks a setting: {line}",
        "Set it under `services.{service}.environment`: `{setting}`.",
    ),
    Cause(
        "bad-setting",
        log_matches("bad-setting"),
        "{who} cannot use the value of a setting: {line}",
        "Correct it under `services.{service}.environment`: `{setting}`.",
    ),
    Cause(
        "bad-config-file",
        log_matches("bad-config-file"),
        "{who} cannot use its own configuration file: {line}",
        "Correct the file, which is in the image, at the line that is named; the program checks it itself "
        "(`nginx -t`, `caddy validate`, `httpd -t`, `haproxy -c -f FILE`): best in the Dockerfile, as the last `RUN`.",
    ),
    Cause(
        "crash-on-import",
        log_matches("crash-on-import"),
        "{who} could not load one of its own parts: {line}",
        "{advice}",
    ),
    Cause(
        "aws-denied",
        log_matches("aws-denied"),
        "AWS refused a call of the application, or it found no credentials: {line}",
        "Give the task role (not the execution role) the action that the line names. "
        "Credentials come from the task role by themselves: set no keys, and use an SDK that asks ECS for them.",
        Cure.EITHER,
    ),
    Cause(
        "deno-permission",
        log_matches("deno-permission"),
        "Deno lets the program do only what its command allows: {line}",
        "Give `deno run` the flag that the line names, before the file (`CMD` in the Dockerfile, or the command in "
        "tagship.yaml).",
    ),
)
"""Of these the last words decide, so no two fit the same container."""

ENDED: Final = (
    Cause(
        "out-of-memory",
        reason(r"OutOfMemory"),
        "The container used more memory than it has and was killed; the task has {memory} MiB.",
        "Raise `services.{service}.memory`, or find what grew.",
    ),
    *NAMED_BY_WORDS,
    Cause(
        "too-long",
        signs.late,
        "It took longer than {limit} s and was stopped.",
        "See in its last lines where it was: it may wait for a lock or for an answer. "
        "If it only has much to do, give it more time.",
        Cure.EITHER,
    ),
    Cause(
        "crash-later",
        signs.crashed_later,
        "The container ran for {ran} s and then ended by itself with exit code {code}; its last words are below.",
        "Fix what they name; it is something that only shows once the application works.",
    ),
    Cause(
        "killed",
        signs.killed,
        "The container was killed (SIGKILL, exit code 137), and ECS says of no memory that was short.",
        "See whether it kills itself or a child of its took too much: compare `services.{service}.memory` "
        "({memory} MiB) with what it uses.",
    ),
    Cause(
        "terminated",
        signs.terminated,
        "The container ended by itself with exit code 143, as after SIGTERM, but ECS had not stopped it.",
        "Something inside ends it: a supervisor, `timeout`, a watchdog, a script that passes 143 on. "
        "See the last lines for who.",
    ),
    Cause(
        "crash",
        signs.crashed,
        "The container ended by itself with exit code {code}; {last}.",
        "Fix what makes it end. A missing setting belongs under `services.{service}.environment`.",
    ),
    Cause(
        "exited",
        signs.exited,
        "The container ended by itself with exit code 0, as if its work were done.",
        "A service must keep running in the foreground: see the image's command.",
    ),
)
