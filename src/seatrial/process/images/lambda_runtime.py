"""The runtime interface emulator of the image that stands in for AWS's Python runtime of Lambda.

Answers ``POST /2015-03-31/functions/function/invocations`` on port 8080, one invocation at a time, as AWS's own does
(github.com/aws/aws-lambda-runtime-interface-emulator). It runs in an image that has Python and boto3 and nothing else,
so it is written with the standard library alone.
"""

import importlib
import json
import logging
import os
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

TASK = "/var/task"
LOG_DELAY = 0.05
"""Seconds."""
MOST = 6291556
"""Bytes of an answer: 6 MB and what surrounds it (aws-lambda-runtime-interface-emulator, ``MaxPayloadSize``)."""

SECONDS = float(os.environ.get("AWS_LAMBDA_FUNCTION_TIMEOUT", "3"))


class Context:
    """What a handler is told of its invocation: Lambda developer guide, "Python context object"."""

    identity = client_context = None
    function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
    invoked_function_arn = os.environ.get("_LAMBDA_FUNCTION_ARN", "")
    memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    log_group_name = f"/aws/lambda/{function_name}"
    log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")

    def __init__(self, request_id: str) -> None:
        self.aws_request_id = request_id
        self._deadline = time.monotonic() + SECONDS

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation times out."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class Invocations(BaseHTTPRequestHandler):
    """Runs the handler for each request."""

    def do_POST(self) -> None:
        """One invocation."""
        event = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        context = Context(self.headers.get("X-Amzn-RequestId", ""))
        print(f"START RequestId: {context.aws_request_id} Version: {context.function_version}", flush=True)
        began, answer = time.monotonic(), list[bytes]()
        work = threading.Thread(target=lambda: answer.append(invoke(event, context)), daemon=True)
        work.start()
        work.join(SECONDS)
        taken = (time.monotonic() - began) * 1000
        print(f"END RequestId: {context.aws_request_id}")
        print(
            f"REPORT RequestId: {context.aws_request_id}\tDuration: {taken:.2f} ms\tBilled Duration: {taken:.0f} ms\t"
            f"Memory Size: {context.memory_limit_in_mb} MB",
            flush=True,
        )
        # Docker reads what was printed a moment later, and whoever hears the answer reads the log at once.
        time.sleep(LOG_DELAY)
        self.answer(within(answer[0]) if answer else f"Task timed out after {SECONDS:.2f} seconds".encode())

    def answer(self, body: bytes) -> None:
        """Errors come with status 200, too: what was invoked has answered."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Lambda's log has no line for a request."""


def invoke(event: Any, context: Context) -> bytes:  # noqa: ANN401 - an event is any JSON
    """What the handler answers, or the error that it ended with, as Lambda serialises both."""
    try:
        module, _, name = sys.argv[1].rpartition(".")
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
        return json.dumps(handler(event, context)).encode()
    except BaseException as error:  # noqa: BLE001 - whatever the function does, it is told to the caller
        trace = traceback.format_exc()
        print(f"[ERROR] {type(error).__name__}: {error}\n{trace}", flush=True)
        told = {
            "errorMessage": str(error),
            "errorType": type(error).__name__,
            "requestId": context.aws_request_id,
            "stackTrace": trace.splitlines(keepends=True),
        }
        return json.dumps(told).encode()


def within(answer: bytes) -> bytes:
    """The same, or the error that Lambda gives instead of an answer that is too large."""
    if len(answer) <= MOST:
        return answer
    said = f"Response payload size exceeded maximum allowed payload size ({MOST} bytes)."
    return json.dumps({"errorMessage": said, "errorType": "Function.ResponseSizeTooLarge"}).encode()


def main() -> None:
    """Serve until the container ends."""
    sys.path.insert(0, TASK)
    sys.path.insert(1, "/opt/python")
    os.chdir(TASK)
    logging.basicConfig(format="[%(levelname)s]\t%(asctime)s\t%(message)s", stream=sys.stdout)
    HTTPServer(("0.0.0.0", 8080), Invocations).serve_forever()  # noqa: S104 - in a container; published on loopback


if __name__ == "__main__":
    main()
