from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.settings import InstanceSettings
from seatrial.ministack.corrections.correction import Addition, Correction, Corrections, in_json, operation
from seatrial.ministack.corrections.ec2.groups import ports_of_all_protocols
from seatrial.ministack.corrections.ecr import registry_address

SETTINGS = InstanceSettings(home=Path("/nowhere"), port=4700)
ASKED = AwsRequest("POST", "/", service="ecr", operation="DescribeRepositories", body=b"{}")


async def test_an_answer_is_corrected_only_where_it_applies() -> None:
    corrections = Corrections((Correction(operation("ecr"), in_json(lambda document: {**document, "more": 1})),))
    answer = await corrections.amend_response(ASKED, AwsResponse.of_json({"a": 0}))
    assert corrections.observes(ASKED)
    assert not corrections.observes(replace(ASKED, service="ecs"))
    assert answer.json() == {"a": 0, "more": 1}


async def test_an_error_is_left_as_it_is() -> None:
    corrections = Corrections((Correction(operation("ecr"), in_json(lambda _: {})),))
    error = AwsResponse.json_error("RepositoryNotFoundException", "Not here.")
    assert await corrections.amend_response(ASKED, error) == error


async def test_an_addition_answers_what_the_emulator_does_not_know() -> None:
    async def answer(request: AwsRequest) -> AwsResponse:
        return AwsResponse.of_json({"asked": request.operation})

    corrections = Corrections((), (Addition(operation("ecr", "StartImageScan"), answer),))
    asked = replace(ASKED, operation="StartImageScan")
    assert corrections.claims(asked)
    assert not corrections.claims(ASKED)
    assert (await corrections.handle(asked)).json() == {"asked": "StartImageScan"}


def test_the_registry_is_this_machine_wherever_ecr_names_it() -> None:
    amazons = "000000000000.dkr.ecr.eu-central-1.amazonaws.com"
    document = {"repositories": [{"repositoryUri": f"{amazons}/team/app"}], "proxyEndpoint": f"https://{amazons}"}
    corrected = registry_address(SETTINGS).correct(ASKED, AwsResponse.of_json(document)).json()
    assert corrected["repositories"][0]["repositoryUri"] == "127.0.0.1:4700/team/app"
    assert corrected["proxyEndpoint"] == "http://127.0.0.1:4700"


def test_a_rule_for_all_protocols_loses_its_ports_and_others_keep_theirs() -> None:
    form = {
        "Action": "RevokeSecurityGroupEgress",
        "IpPermissions.1.IpProtocol": "-1",
        "IpPermissions.1.FromPort": "0",
        "IpPermissions.1.ToPort": "0",
        "IpPermissions.2.IpProtocol": "tcp",
        "IpPermissions.2.FromPort": "443",
    }
    asked = AwsRequest("POST", "/", service="ec2", operation=form["Action"], body=urlencode(form).encode())
    correction = ports_of_all_protocols()
    put = dict(parse_qsl(correction.rewrite(asked).body.decode()))
    assert correction.applies(asked)
    assert put == {
        name: value for name, value in form.items() if not name.startswith(("IpPermissions.1.F", "IpPermissions.1.T"))
    }
