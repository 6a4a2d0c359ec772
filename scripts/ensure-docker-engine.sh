#!/usr/bin/env bash
# Has a Docker engine answer: the one that is there, or, as root on Debian and Ubuntu, Debian's own docker.io.
# Nothing happens where one answers already.
set -euo pipefail

PATIENCE=60
LOG=${DOCKERD_LOG:-/var/log/dockerd.log}
dockerd=

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 4
}

answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

wait_for_it() {
    local waited=0
    until answers; do
        if ((waited++ >= PATIENCE)) || { [ -n "$dockerd" ] && ! kill -0 "$dockerd" 2>/dev/null; }; then return 1; fi
        sleep 1
    done
}

installed() { command -v dockerd >/dev/null && command -v docker >/dev/null; }

debian_like() { command -v apt-get >/dev/null && grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release; }

# Debian 13 has the `docker` command in a package of its own, and needs iptables to be named.
install_it() {
    say "Installing docker.io ..."
    apt-get update -qq
    local packages=(docker.io iptables ca-certificates)
    if apt-cache show docker-cli >/dev/null 2>&1; then packages+=(docker-cli); fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

start_it() {
    if [ -d /run/systemd/system ]; then
        systemctl start docker
    else
        say "Starting dockerd; its log is $LOG."
        setsid nohup dockerd >>"$LOG" 2>&1 </dev/null &
        dockerd=$!
    fi
}

if answers; then exit 0; fi
if [ -n "${DOCKER_HOST:-}" ]; then
    die "No Docker engine answers at DOCKER_HOST=$DOCKER_HOST. Start it, or type: unset DOCKER_HOST"
fi
case "$(uname -s)" in
Darwin) die "No Docker engine answers. Start Docker Desktop, OrbStack or colima, or install one: brew install colima docker && colima start" ;;
Linux) ;;
*) die "No Docker engine answers. Install Docker: https://docs.docker.com/engine/install/" ;;
esac
if [ "$(id -u)" != 0 ]; then
    if installed; then
        die "No Docker engine answers. Start it: sudo systemctl start docker (and let yourself in: sudo usermod -aG docker $(id -un), then sign in again)"
    fi
    debian_like && die "No Docker engine answers. Install it: sudo apt-get install docker.io && sudo usermod -aG docker $(id -un), then sign in again"
    die "No Docker engine answers. Install Docker: https://docs.docker.com/engine/install/"
fi
if ! installed; then
    debian_like || die "No Docker engine answers. Install Docker: https://docs.docker.com/engine/install/"
    install_it
fi
# Installing may have started it already.
answers || start_it
wait_for_it || {
    say "The Docker engine does not start."
    [ -z "$dockerd" ] || tail -n 15 "$LOG" >&2
    exit 4
}
say "The Docker engine answers."
