#!/usr/bin/env bash
# Has a base image ready: pulled where a registry answers, otherwise built from Debian's packages.
#
#   scripts/base-image.sh python:3.11-slim-bookworm
#   scripts/base-image.sh postgres:17-alpine
#   scripts/base-image.sh public.ecr.aws/lambda/python:3.13
#
# The image built here stands in for the one of the same name.
# Python: same minor version, same Debian, `python` and `pip` on the PATH. It trusts the certificate authorities
# that this machine trusts.
# PostgreSQL: same major version, and of the official image's entrypoint what scripts/postgres-entrypoint.sh has.
# Lambda: same minor version of Python, boto3, and the runtime interface emulator of scripts/lambda_runtime.py.
#
# The hooks of mmdebstrap are programs of their own, to which it gives the image's root as $1.
# shellcheck disable=SC2016
set -euo pipefail

NAME=${1:?"usage: $0 NAME, such as $0 python:3.11-slim-bookworm"}
SECONDS_FOR_AN_ANSWER=8
MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 4
}

# Docker itself waits for minutes where packets are dropped; its first line of output tells that a registry is there.
pulled() {
    local out pull waited=0
    out=$(mktemp)
    docker pull "$NAME" >"$out" 2>&1 &
    pull=$!
    while ! grep -q "Pulling from" "$out" && kill -0 "$pull" 2>/dev/null; do
        if ((waited++ >= SECONDS_FOR_AN_ANSWER * 5)); then
            kill "$pull" 2>/dev/null || true
            break
        fi
        sleep 0.2
    done
    local code=0
    wait "$pull" 2>/dev/null || code=$?
    rm -f "$out"
    return "$code"
}

have_mmdebstrap() {
    command -v mmdebstrap >/dev/null && [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        die "No registry has \`$NAME\`. To build it here, type: sudo apt-get install mmdebstrap debian-archive-keyring"
    fi
    say "Installing mmdebstrap ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap debian-archive-keyring >/dev/null
}

# The bundle is copied rather than Debian's kept: behind a proxy that signs for itself, pip must trust it too.
built_python() {
    local suite=$1
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,python3,python3-pip \
        --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --customize-hook='cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"' \
        --customize-hook='printf "[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n" >"$1/etc/pip.conf"' \
        --customize-hook='rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED' \
        --customize-hook='ln -s /usr/bin/python3 "$1/usr/local/bin/python"' \
        --customize-hook='find "$1" -xdev -name __pycache__ -prune -exec rm -r {} +' \
        "$suite" - "$MIRROR" |
        docker import \
            --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
            --change 'ENV LANG=C.UTF-8' \
            --change 'CMD ["python3"]' \
            --change "LABEL tagship.base-image=$NAME" \
            --message "Debian $suite with Python, from packages" \
            - "$NAME" >/dev/null
}

built_postgres() {
    local suite=$1 major=$2 entrypoint
    entrypoint=$(dirname "$0")/postgres-entrypoint.sh
    # `create_main_cluster` off: Debian would make a cluster of its own while the package is installed.
    mmdebstrap --quiet --variant=minbase --include="postgresql-$major,gosu" \
        --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --essential-hook='mkdir -p "$1/etc/postgresql-common"' \
        --essential-hook='echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.conf"' \
        --customize-hook="copy-in $entrypoint /usr/local/bin" \
        --customize-hook="mv \"\$1/usr/local/bin/$(basename "$entrypoint")\" \"\$1/usr/local/bin/docker-entrypoint.sh\"" \
        --customize-hook='chmod 755 "$1/usr/local/bin/docker-entrypoint.sh"' \
        --skip=cleanup/run \
        --customize-hook='chroot "$1" install -d -o postgres -g postgres -m 2777 /run/postgresql' \
        --customize-hook='chroot "$1" install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data' \
        "$suite" - "$MIRROR" |
        docker import \
            --change "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/lib/postgresql/$major/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
            --change 'ENV LANG=C.UTF-8' \
            --change "ENV PGDATA=/var/lib/postgresql/data PG_MAJOR=$major" \
            --change 'ENTRYPOINT ["docker-entrypoint.sh"]' \
            --change 'CMD ["postgres"]' \
            --change 'EXPOSE 5432' \
            --change 'VOLUME /var/lib/postgresql/data' \
            --change "LABEL tagship.base-image=$NAME" \
            --message "Debian $suite with PostgreSQL $major, from packages" \
            - "$NAME" >/dev/null
}

# -I: what the function brings must not stand in for what the emulator imports.
built_lambda() {
    local suite=$1 runtime
    runtime=$(dirname "$0")/lambda_runtime.py
    mmdebstrap --quiet --variant=minbase --include=ca-certificates,python3,python3-boto3 \
        --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' \
        --customize-hook='mkdir -p "$1/var/task" "$1/var/runtime" "$1/opt/python"' \
        --customize-hook="copy-in $runtime /var/runtime" \
        --customize-hook='cp -L /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/ca-certificates.crt"' \
        "$suite" - "$MIRROR" |
        docker import \
            --change 'ENV LANG=C.UTF-8 LAMBDA_TASK_ROOT=/var/task' \
            --change 'WORKDIR /var/task' \
            --change 'ENTRYPOINT ["python3", "-I", "/var/runtime/lambda_runtime.py"]' \
            --change "LABEL tagship.base-image=$NAME" \
            --message "Debian $suite with Python and boto3, from packages" \
            - "$NAME" >/dev/null
}

if docker image inspect "$NAME" >/dev/null 2>&1; then
    exit 0
fi
say "Pulling the base image $NAME ..."
if [ -z "${TAGSHIP_NO_PULL:-}" ] && pulled; then
    exit 0
fi
case "$NAME" in
public.ecr.aws/lambda/python:3.13) build=(built_lambda trixie) ;;
python:3.11-slim-bookworm) build=(built_python bookworm) ;;
postgres:15-alpine) build=(built_postgres bookworm 15) ;;
postgres:17-alpine) build=(built_postgres trixie 17) ;;
*) die "No registry has \`$NAME\`, and how to build it from Debian's packages is not known: only python:3.11-slim-bookworm, postgres:15-alpine, postgres:17-alpine and public.ecr.aws/lambda/python:3.13 are." ;;
esac
have_mmdebstrap
say "No registry answers: building $NAME from Debian's packages, about half a minute ..."
"${build[@]}"
