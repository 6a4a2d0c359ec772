"""What to do about last words, where one cause has several cures. The places are those of a cause's sentences."""

from typing import Final

SCRIPT: Final = (
    "If it is a script that is in the image, its line endings are most likely those of Windows (CRLF): save it "
    "with LF (`*.sh text eol=lf` in .gitattributes). Else correct `ENTRYPOINT` or `CMD`, `COPY` the file, or "
    "install the interpreter that its first line names."
)
PROGRAM: Final = (
    "Correct `ENTRYPOINT`, `CMD` or the command in tagship.yaml, or install the program in the image "
    "(in its last stage, and on the PATH)."
)
CREDENTIALS: Final = (
    "The user or the password is wrong, or was changed after the task started: a task reads its secrets only once, "
    "at its start. Compare both with those in the database."
)
ROLE: Final = "Create that user in the database, or correct the user's name in the database's address."
DATABASE: Final = "Create that database on the server, or correct its name in the database's address."
ENCRYPTION: Final = (
    "The database accepts encrypted connections only: let the driver use TLS (`sslmode=require` in a PostgreSQL "
    "address, `ssl` in the driver's own options)."
)
HBA: Final = (
    "The database does not allow this user from this address or into this database: compare user and database in "
    "its address, try it with TLS (`sslmode=require`), and check its pg_hba.conf if you run it yourself."
)
CONNECTIONS: Final = (
    "Make each task's connection pool smaller: old and new tasks run side by side during a release, so twice the tasks "
    "must fit. Or raise the database's limit, which grows with its memory, or put a proxy before it."
)
STARTING: Final = (
    "The database was starting, stopping or failing over. Wait until it is available; let the application try again "
    "for some seconds instead of ending."
)
READER: Final = (
    "This endpoint accepts no writes: it is the reader's, or the database has just failed over or is full. Use the "
    "writer's address."
)
RIGHTS: Final = (
    "Give the database's user that right (`GRANT`), or make it the owner; only the owner may change a table."
)
OWN_ADDRESS: Final = (
    "{host} is the container itself, where no such server runs. Most likely the address is not set and this is the "
    "default: set it under `services.{service}.environment`."
)
OTHER_ADDRESS: Final = (
    "Check that {host} is the right address in this environment (`services.{service}.environment`), that it is "
    "running, and that its security group allows this service."
)
PART: Final = "Add what is missing to the image: check the lock file, `COPY` in the Dockerfile, and .dockerignore."
NATIVE: Final = (
    "It was built for another platform. Install it inside the image (`RUN npm ci`, `prisma generate`), and keep "
    "the folder of your machine out of it: `node_modules` in .dockerignore."
)
LIBC: Final = (
    "It was built against a newer or another C library than the image has: build and run on the same base image, "
    "and do not mix Alpine (musl) with Debian (glibc)."
)
LIBRARY: Final = "Install the system library or the extension that it names, in the image's last stage."
RUNTIME: Final = (
    "The image has another version of the language's runtime than the application was built for: "
    "let `FROM` name the same version in all stages."
)
VERSION: Final = (
    "The module exists, but in another version or format than the code expects: pin it in the lock file, install "
    "from the lock file in the Dockerfile, and compare the runtime's version with your machine's."
)
TARGET: Final = (
    "Compare the name in the command (`module:object`) with the code; if it is right, the file was not copied, "
    "or `WORKDIR` is another folder."
)
