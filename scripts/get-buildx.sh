#!/usr/bin/env bash
# Has `docker buildx` on Debian 12, whose own packages lack it: Debian 13's, from the mirror that apt uses here, checked
# by apt against Debian's keys. Nothing is installed: the program, which needs only libc, is put where Docker looks.
# Usage: scripts/get-buildx.sh [FOLDER]    FOLDER: ~/.docker/cli-plugins unless given; DEBIAN_MIRROR is another mirror
set -euo pipefail

SUITE=trixie
PACKAGE=docker-buildx
PLUGIN=usr/libexec/docker/cli-plugins/docker-buildx
KEYS=/usr/share/keyrings/debian-archive-keyring.gpg
folder=${1:-${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins}

die() {
    printf '%s\n' "$*" >&2
    exit 4
}

command -v apt-get >/dev/null || die "This script is for Debian. Install buildx: https://docs.docker.com/go/buildx/"
[ -e "$KEYS" ] || die "Debian's keys are missing: sudo apt-get install debian-archive-keyring"

mirror() {
    if [ -n "${DEBIAN_MIRROR:-}" ]; then
        printf '%s\n' "$DEBIAN_MIRROR"
        return
    fi
    # shellcheck disable=SC2016 # apt's own variables
    apt-get indextargets --format '$(ORIGIN) $(LABEL) $(SITE) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 == "Debian" { print $NF; exit }'
}

site=$(mirror)
if [ -z "$site" ] && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    site=$(mirror)
fi
[ -n "$site" ] || die "apt knows no mirror of Debian yet: sudo apt-get update, or say DEBIAN_MIRROR=URL"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
echo "deb [signed-by=$KEYS] $site $SUITE main" >"$work/sources.list"

apt() {
    apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/lists" \
        -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none "$@"
}

apt update
(cd "$work" && apt download "$PACKAGE")
dpkg-deb --extract "$work/$PACKAGE"_*.deb "$work/root"
mkdir -p "$folder"
install -m 755 "$work/root/$PLUGIN" "$folder/docker-buildx"
"$folder/docker-buildx" version
