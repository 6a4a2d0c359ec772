"""The embedded AWS called by itself: the AWS API in process, without a socket."""

from functools import cache
from typing import Any, Protocol
from urllib.parse import unquote, urlencode

from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from seatrial.core.asgi import IN_PROCESS, AsgiApp, Message, call_app
from seatrial.core.settings import InstanceSettings
from seatrial.core.wire.modelled import service_model


# inside: the gateway, which answers it as AWS's error of that code
class AwsCallError(Exception):
    """A call of the AWS API is answered with an error: raised by the service that answers, and by ``Aws.call``.

    Args:
        code: AWS's error code, such as ``ClusterNotFoundException``.
        message: AWS's words.
        status: the HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class Aws(Protocol):
    """What calls AWS's API: ``InProcessAws``, or a fake."""

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's parameters
    ) -> dict[str, Any]:
        """See ``InProcessAws.call``."""
        ...


class InProcessAws:
    """Calls operations of the embedded AWS by their AWS names.

    Serialised with botocore's own models, so that parameters and answers are those of the AWS reference::

        answer = await aws.call("elbv2", "RegisterTargets", TargetGroupArn=arn, Targets=[{"Id": ip, "Port": 80}])

    From another thread: ``asyncio.run_coroutine_threadsafe(aws.call(…), loop).result()`` with the server's loop.
    """

    def __init__(self, app: AsgiApp, settings: InstanceSettings) -> None:
        self._app = app
        self._settings = settings

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's parameters
    ) -> dict[str, Any]:
        """Call one operation.

        Args:
            service: botocore's name: ``ecs``, ``elbv2``, ``ecr``, ``logs``, ``secretsmanager``.
            operation: ``RegisterTargets``.
            region: where it differs from the settings'.
            params: the parameters of the operation, as AWS documents them.

        Raises:
            AwsCallError: the answer is an error.
        """
        model = _operation(service, operation)
        request = _serializer(service).serialize_to_request(params, model)
        answer = await call_app(self._app, _scope(request, self._authorization(model, region)), _body(request))
        parsed: dict[str, Any] = _parser(service).parse(
            {"status_code": answer.status, "headers": answer.headers, "body": answer.body}, model.output_shape
        )
        if answer.status >= 300:  # noqa: PLR2004 - as botocore does
            error = parsed.get("Error", {})
            raise AwsCallError(error.get("Code", str(answer.status)), error.get("Message", ""), answer.status)
        return parsed

    def _authorization(self, model: OperationModel, region: str | None) -> str:
        scope = f"{self._settings.account_id}/20260101/{region or self._settings.region}"
        return (
            f"AWS4-HMAC-SHA256 Credential={scope}/{model.service_model.signing_name}/aws4_request, "
            "SignedHeaders=host, Signature=0"
        )


@cache
def _operation(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


@cache
def _serializer(service: str) -> Any:  # noqa: ANN401 - botocore is untyped here
    return create_serializer(service_model(service).resolved_protocol)


@cache
def _parser(service: str) -> Any:  # noqa: ANN401 - as above
    return create_parser(service_model(service).resolved_protocol)


def _body(request: dict[str, Any]) -> bytes:
    body = request["body"]
    if isinstance(body, dict):
        return urlencode(body).encode()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _scope(request: dict[str, Any], authorization: str) -> Message:
    path, _, inline_query = request["url_path"].partition("?")
    query = "&".join(part for part in (inline_query, urlencode(request.get("query_string") or {})) if part)
    headers = {**request["headers"], "authorization": authorization, "host": "127.0.0.1"}
    headers["content-length"] = str(len(_body(request)))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request["method"],
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), str(value).encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
        "extensions": {IN_PROCESS: {}},
    }
