#!/usr/bin/env bash
# Has a base image ready: pulled where a registry answers, otherwise built from Debian's packages.
#
#   scripts/base-image.sh python:3.11-slim-bookworm
#
# The image built here stands in for the one of the same name: same Python minor version, same Debian,
# `python` and `pip` on the PATH. It trusts the certificate authorities that this machine trusts.
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
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
        die "No registry has \`$NAME\`. To build it here, type: sudo apt-get install mmdebstrap debian-archive-keyring"
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

if docker image inspect "$NAME" >/dev/null 2>&1; then
    exit 0
fi
say "Pulling the base image $NAME ..."
if [ -z "${TAGSHIP_NO_PULL:-}" ] && pulled; then
    exit 0
fi
case "${NAME##*/}" in
python:3.11-slim-bookworm) suite=bookworm ;;
*) die "No registry has \`$NAME\`, and building it from Debian's packages is not known: only python:3.11-slim-bookworm is." ;;
esac
have_mmdebstrap
say "No registry answers: building $NAME from Debian's packages, about half a minute ..."
built_python "$suite"
