import importlib.metadata
import inspect

import httpx
from ministack import app
from ministack.core import iam_evaluator, lambda_runtime, persistence, responses, router
from ministack.services import cloudwatch, cloudwatch_logs, iam, lambda_svc, rds, s3, sts

from seatrial.core.engine import EngineClient, bridge_address
from tests.seatrial.contract.conftest import RunningAws


def test_ministack_still_has_the_names_that_we_reach() -> None:
    assert importlib.metadata.version("ministack") == "1.5.33"
    assert list(inspect.signature(app.app).parameters) == ["scope", "receive", "send"]
    assert all(callable(state) for state in app._build_persistence_save_dict().values())
    assert persistence._state_format_version("ecr") >= 1
    assert callable(persistence._json_default)
    assert callable(responses.install_docker_hub_fallback)
    assert callable(responses.get_region)
    assert responses.AccountScopedDict()._data == {}
    assert responses.AccountRegionScopedDict()._data == {}
    assert callable(cloudwatch.record_metric)
    assert all(map(callable, (iam_evaluator.is_root_access_key, iam_evaluator.find_iam_access_key_account)))
    assert list(inspect.signature(iam_evaluator.resolve_credential).parameters)[0::2] == [
        "access_key_id",
        "session_token",
    ]
    assert isinstance(sts._sessions, dict)
    assert list(inspect.signature(sts.register_session).parameters) == ["access_key", "session"]
    assert lambda_svc.execution_credentials is lambda_runtime.execution_credentials
    assert list(inspect.signature(router.detect_service).parameters) == ["method", "path", "headers", "query_params"]
    kept = (iam._roles, iam._users, iam._groups, iam._user_inline_policies, iam._group_inline_policies)
    assert all(isinstance(table, responses.AccountScopedDict) for table in kept)
    assert list(inspect.signature(iam_evaluator._resource_policy).parameters) == ["service", "resource_arn"]
    assert callable(iam_evaluator._resolve_managed_policy_document)
    assert list(inspect.signature(responses.request_scope).parameters) == ["account_id", "region"]
    assert callable(app._s3_cors_target)
    assert list(inspect.signature(app._handle_cloudfront_dataplane_request).parameters) == [
        *("host", "path", "raw_path", "raw_query_string", "method", "headers", "body", "query_params", "client_ip"),
    ]
    assert all(map(callable, (app._send_if_handled, app._with_date_header)))
    assert callable(s3.cors_preflight)
    assert callable(s3.cors_response_headers)
    assert cloudwatch_logs._log_groups.all_items() == cloudwatch_logs._log_records.all_items() == []
    assert cloudwatch_logs._log_records._data == {}
    assert not cloudwatch_logs._log_events_lock.locked()
    assert callable(lambda_svc._write_context_arn_shim)
    assert "docker.from_env(" in inspect.getsource(rds._get_docker)


def test_large_objects_pass_through_unchanged(local_aws: RunningAws) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="gateway-large", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    content = bytes(range(256)) * 20_000
    s3.put_object(Bucket="gateway-large", Key="large", Body=content)
    assert s3.get_object(Bucket="gateway-large", Key="large")["Body"].read() == content


def test_the_server_answers_on_loopback_and_the_bridge_and_nowhere_else(
    local_aws: RunningAws, engine: EngineClient
) -> None:
    bridge = bridge_address(engine)
    port = local_aws.settings.port
    listening = [line.split()[1] for line in _listening_sockets() if line.split()[1].endswith(f":{port:04X}")]
    expected = {"127.0.0.1", *([bridge] if bridge else [])}
    assert {_address(hexadecimal) for hexadecimal in listening} == expected
    for address in expected:
        health = httpx.get(f"http://{address}:{port}/_seatrial/health", trust_env=False).json()
        assert health["instance"] == local_aws.settings.instance_id


def _listening_sockets() -> list[str]:
    with open("/proc/net/tcp", encoding="ascii") as table:  # noqa: PTH123 - the kernel's table, no file
        return [line for line in table if line.split()[3] == "0A"]


def _address(hexadecimal: str) -> str:
    """The kernel writes the four bytes backwards, in hexadecimal."""
    return ".".join(str(byte) for byte in reversed(bytes.fromhex(hexadecimal.split(":", maxsplit=1)[0])))
