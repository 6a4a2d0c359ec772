"""``python -m notes`` serves the application until SIGTERM."""

import os

import uvicorn

from notes.app import create_app
from notes.log import configure

# A connection is kept open for longer than the load balancer's own idle timeout of 60 seconds: otherwise this side
# may close one at the moment in which the load balancer sends a request on it, and the user sees a 502.
KEEP_ALIVE = 75

# On SIGTERM requests in flight are answered first. Shorter than the manifest's `stop_timeout` of 30 seconds.
GRACE = 25


def main() -> None:
    """Serve on all addresses: inside a container that is the load balancer's way in."""
    configure()
    uvicorn.run(
        create_app(),
        host=os.environ.get("HOST", "0.0.0.0"),  # noqa: S104 - inside a container, see above
        port=int(os.environ.get("PORT", "8000")),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )


main()
