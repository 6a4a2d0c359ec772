#!/usr/bin/env bash
# Removes everything that the demo made: the embedded AWS with its containers and networks, the images, the folder.
# The base image stays: it is no part of the demo, and takes half a minute to build.
set -euo pipefail

cd "$(dirname "$0")/.."
DEMO=${1:-.demo}

if [ ! -d "$DEMO" ]; then
    echo "There is no demo to remove."
    exit 0
fi
if [ -e "$DEMO/env" ]; then
    # shellcheck source=/dev/null
    . "$DEMO/env"
    tagship local reset --yes
    images=$(docker image ls --quiet --filter "reference=127.0.0.1:$SEATRIAL_PORT/notes-local/*" 2>/dev/null | sort -u || true)
    # shellcheck disable=SC2086
    [ -z "$images" ] || docker image rm --force $images >/dev/null
fi
rm -rf "$DEMO"
echo "The demo is gone: no container, network, process or file of it is left."
