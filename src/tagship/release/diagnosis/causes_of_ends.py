"""The causes of a container that ran and ended by itself: first by its last words, then by its exit code."""

from typing import Final

from tagship.release.diagnosis import signs
from tagship.release.diagnosis.cause import Cause, Cure
from tagship.release.diagnosis.signs import log_matches, reason

NAMED_BY_WORDS: Final = (
    Cause(
        "memory-exhausted",
        log_matches("memory-exhausted"),
        "{who} could not allocate more memory: {line}",
        "Raise its own limit where it has one (`-XX:MaxRAMPercentage`, `--max-old-space-size`, `memory_limit`) and "
        "`services.{service}.memory`, now {memory} MiB; or find the memory leak.",
    ),
    Cause(
        "disk-full",
        log_matches("disk-full"),
        "A disk was full: {line}",
        "Write less to the container's disk, which has 20 GiB for image and files; if the message comes from the "
        "database, its disk is full.",
        Cure.EITHER,
    ),
    Cause(
        "read-only-disk",
        log_matches("read-only-disk"),
        "{who} tried to write to a read-only file system: {line}",
        "Write to a writable folder, such as /tmp, or to a volume.",
    ),
    Cause(
        "port-forbidden",
        log_matches("port-forbidden"),
        "The container's user may not listen on that port: {line}",
        "Listen on a port of at least 1024 (`services.{service}.port`), or run as root: `USER` in the Dockerfile.",
    ),
    Cause(
        "port-in-use",
        log_matches("port-in-use"),
        "The application could not listen, because another process of its task uses the port: {line}",
        "Start one server in the container, or give the second another port than {port}.",
    ),
    Cause(
        "database-refused",
        log_matches("database-refused"),
        "The database refused the connection or the statement: {line}",
        "{advice}",
        Cure.EITHER,
    ),
    Cause(
        "migration-history",
        log_matches("migration-history"),
        "The migration history in the database does not match the migrations in the image: {line}",
        "Compare both with the migration tool's own command, and repair the wrong one; never change a migration "
        "that has run.",
        Cure.EITHER,
    ),
    Cause(
        "database-locked",
        log_matches("database-locked"),
        "Another session holds a lock in the database: {line}",
        "Find the holder (`pg_stat_activity`, or the migration tool's lock table, where a killed run leaves its "
        "lock), end it or release the lock, and try again.",
        Cure.OUTSIDE,
    ),
    Cause(
        "schema-missing",
        log_matches("schema-missing"),
        "The database lacks a table, a column or another object that the code uses: {line}",
        "Create it by a migration before the service starts (`services.{service}.migrate`), and check that this is "
        "the right database and schema.",
    ),
    Cause(
        "schema-conflict",
        log_matches("schema-conflict"),
        "Existing data or objects in the database conflict with this statement: {line}",
        "Check what exists: perhaps an earlier run failed half-way. Clean it up, or handle it in the migration.",
        Cure.EITHER,
    ),
    Cause(
        "tls-failed",
        log_matches("tls-failed"),
        "A TLS connection failed, because one side does not trust or support the other: {line}",
        "Add the CA certificate to the image (for RDS, Amazon's bundle) and configure it in the driver; use the "
        "host name in the certificate, and TLS only if the server supports it.",
    ),
    Cause(
        "no-certificate",
        log_matches("no-certificate"),
        "{who} cannot find its own TLS certificate or key: {line}",
        "The load balancer terminates TLS, so let the application use plain HTTP on port {port} and remove the "
        "HTTPS endpoint from its configuration. If it needs the file anyway, write it from a secret at the start.",
    ),
    Cause(
        "host-not-found",
        log_matches("host-not-found"),
        "A host name was not found in DNS: {line}",
        "Check the spelling of {host}, and that it is a name of this environment rather than of your machine or of "
        "Docker Compose (`services.{service}.environment`).",
        Cure.EITHER,
    ),
    Cause(
        "database-unreachable",
        log_matches("database-unreachable"),
        "{who} got no response from a server that it needs: {line}",
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
        "Correct the file, which is in the image, at the line in the message; let the program check it (`nginx "
        "-t`, `caddy validate`, `httpd -t`, `haproxy -c -f FILE`): best in the Dockerfile, as the last `RUN`.",
    ),
    Cause(
        "crash-on-import",
        log_matches("crash-on-import"),
        "{who} could not load one of its modules: {line}",
        "{advice}",
    ),
    Cause(
        "aws-denied",
        log_matches("aws-denied"),
        "AWS denied a call of the application, or the application found no credentials: {line}",
        "Give the task role (not the execution role) the action in that line. Credentials come from the task role: "
        "set no keys, and use an SDK that reads them from ECS.",
        Cure.EITHER,
    ),
    Cause(
        "deno-permission",
        log_matches("deno-permission"),
        "Deno denied a permission that its command does not grant: {line}",
        "Give `deno run` the flag in that line, before the file (`CMD` in the Dockerfile, or the command in "
        "tagship.yaml).",
    ),
)
"""Of these the last words decide, so no two fit the same container."""

ENDED: Final = (
    Cause(
        "out-of-memory",
        reason(r"OutOfMemory"),
        "The container used more memory than it has and was killed; the task has {memory} MiB.",
        "Raise `services.{service}.memory`, or find the memory leak.",
    ),
    *NAMED_BY_WORDS,
    Cause(
        "too-long",
        signs.late,
        "It took longer than {limit} s and was stopped.",
        "Check its last log lines: it may be waiting for a lock or a response. If it only has a lot to do, give it "
        "more time.",
        Cure.EITHER,
    ),
    Cause(
        "crash-later",
        signs.crashed_later,
        "The container ran for {ran} s and then exited by itself with exit code {code}; its last log lines are below.",
        "Fix the cause that they name; it only shows after the application has started.",
    ),
    Cause(
        "killed",
        signs.killed,
        "The container was killed (SIGKILL, exit code 137), and ECS reports no lack of memory.",
        "Check whether it kills itself or one of its child processes used too much memory: compare "
        "`services.{service}.memory` ({memory} MiB) with its memory use.",
    ),
    Cause(
        "terminated",
        signs.terminated,
        "The container exited by itself with exit code 143, as after SIGTERM, but ECS had not stopped it.",
        "Something inside the container ends it: a supervisor, `timeout`, a watchdog, a script that passes 143 on. "
        "Check the last log lines.",
    ),
    Cause(
        "crash",
        signs.crashed,
        "The container exited by itself with exit code {code}; {last}.",
        "Fix the cause of the exit. A missing setting belongs under `services.{service}.environment`.",
    ),
    Cause(
        "exited",
        signs.exited,
        "The container exited by itself with exit code 0, as if its work were done.",
        "A service must keep running in the foreground: check the image's command.",
    ),
)
