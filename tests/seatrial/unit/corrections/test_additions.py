"""What MiniStack does not know at all."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest
from seatrial.ministack.corrections.catalogue import additions
from seatrial.ministack.corrections.cognito_tokens import verified
from tests.seatrial.unit.corrections.cases import FakeAws, added, corrected, correction_of, request, texts

ACL = "arn:aws:wafv2:eu-central-1:000000000000:regional/webacl/edge/11111111-1111-1111-1111-111111111111"
GROUP = "arn:aws:logs:eu-central-1:000000000000:log-group:aws-waf-logs-edge"
INSTANCE = "i-12345678901234567"
DESCRIBED = (
    f"<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>{INSTANCE}</instanceId>"
    "</item></instancesSet></item></reservationSet></DescribeInstancesResponse>"
)


def logging(*destinations: str) -> dict[str, Any]:
    return {"LoggingConfiguration": {"ResourceArn": ACL, "LogDestinationConfigs": list(destinations)}}


async def test_a_web_acl_logs_where_it_was_told_until_it_is_told_otherwise(where: ServiceContext) -> None:
    await added(where, "wafv2", "PutLoggingConfiguration", logging(GROUP))
    found = (await added(where, "wafv2", "GetLoggingConfiguration", {"ResourceArn": ACL})).json()
    listed = (await added(where, "wafv2", "ListLoggingConfigurations", {"Scope": "REGIONAL"})).json()
    others = (await added(where, "wafv2", "ListLoggingConfigurations", {"Scope": "CLOUDFRONT"})).json()

    assert found["LoggingConfiguration"]["LogDestinationConfigs"] == [GROUP]
    assert listed["LoggingConfigurations"] == [found["LoggingConfiguration"]]
    assert others["LoggingConfigurations"] == []

    await added(where, "wafv2", "DeleteLoggingConfiguration", {"ResourceArn": ACL})
    with pytest.raises(AwsCallError, match="WAFNonexistentItemException"):
        await added(where, "wafv2", "GetLoggingConfiguration", {"ResourceArn": ACL})


@pytest.mark.parametrize(
    "destinations",
    [(), (GROUP, GROUP), (GROUP.replace("aws-waf-logs-", "waf-"),), ("arn:aws:s3:::logs",)],
    ids=["none", "two", "another name", "a bucket of another name"],
)
async def test_a_log_of_another_name_or_number_is_refused(where: ServiceContext, destinations: tuple[str, ...]) -> None:
    with pytest.raises(AwsCallError, match="WAFInvalidParameterException"):
        await added(where, "wafv2", "PutLoggingConfiguration", logging(*destinations))


@pytest.mark.parametrize(
    "destination", [GROUP + ":*", "arn:aws:s3:::aws-waf-logs-b", "arn:aws:firehose:e:0:deliverystream/aws-waf-logs-f"]
)
async def test_a_log_may_be_a_group_a_bucket_or_a_stream(where: ServiceContext, destination: str) -> None:
    put = (await added(where, "wafv2", "PutLoggingConfiguration", logging(destination))).json()
    assert put["LoggingConfiguration"]["LogDestinationConfigs"] == [destination.removesuffix(":*")]


async def test_logging_goes_with_its_web_acl(where: ServiceContext) -> None:
    await added(where, "wafv2", "PutLoggingConfiguration", logging(GROUP))
    gone = {"operation": "DeleteWebACL", "request": {"Id": ACL.rpartition("/")[2]}, "answer": {}}
    await corrected(correction_of(where, "logging_ends_with_its_web_acl"), "wafv2", gone)
    assert (await added(where, "wafv2", "ListLoggingConfigurations", {})).json() == {"LoggingConfigurations": []}


async def test_an_instance_forwards_what_is_not_for_it_once_it_is_told(where: ServiceContext, aws: FakeAws) -> None:
    aws.answers = {"DescribeInstances": DESCRIBED}
    await added(where, "ec2", "ModifyInstanceAttribute", f"InstanceId={INSTANCE}&SourceDestCheck.Value=false")
    await added(where, "ec2", "MonitorInstances", f"InstanceId.1={INSTANCE}")
    await added(where, "ec2", "ModifyInstanceMetadataOptions", f"InstanceId={INSTANCE}&HttpTokens=required")

    asked = {"request": f"InstanceId={INSTANCE}&Attribute=sourceDestCheck"}
    answer = f"<R><instanceId>{INSTANCE}</instanceId><sourceDestCheck><value>true</value></sourceDestCheck></R>"
    step = {**asked, "operation": "DescribeInstanceAttribute", "answer": answer}
    attribute = await corrected(correction_of(where, "attributes_as_they_are"), "ec2", step)
    aws.answers = {"DescribeAddresses": "<DescribeAddressesResponse/>"}
    step = {"operation": "DescribeInstances", "request": "", "answer": DESCRIBED}
    instance = await corrected(correction_of(where, "launched_as_asked"), "ec2", step)

    assert texts(attribute, "sourceDestCheck/value") == ["false"]
    assert texts(instance, ".//sourceDestCheck") == ["false"]
    assert texts(instance, ".//monitoring/state") == ["enabled"]
    assert texts(instance, ".//metadataOptions/httpTokens") == ["required"]


async def test_an_instance_that_is_not_there_is_not_changed(where: ServiceContext, aws: FakeAws) -> None:
    aws.answers = {"DescribeInstances": "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"}
    with pytest.raises(AwsCallError, match=r"InvalidInstanceID\.NotFound"):
        await added(where, "ec2", "ModifyInstanceAttribute", f"InstanceId={INSTANCE}&SourceDestCheck.Value=false")


async def test_a_query_is_saved_replaced_found_and_deleted(where: ServiceContext) -> None:
    async def call(operation: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return (await added(where, "logs", operation, asked)).json()

    made = await call("PutQueryDefinition", name="team/slow", queryString="fields @message")
    await call("PutQueryDefinition", **made, name="team/slow", queryString="limit 1")
    found = (await call("DescribeQueryDefinitions", queryDefinitionNamePrefix="team/"))["queryDefinitions"]

    assert [(each["queryDefinitionId"], each["queryString"]) for each in found] == [
        (made["queryDefinitionId"], "limit 1")
    ]
    assert await call("DescribeQueryDefinitions", queryDefinitionNamePrefix="other") == {"queryDefinitions": []}
    assert await call("DeleteQueryDefinition", **made) == {"success": True}
    with pytest.raises(AwsCallError, match="ResourceNotFoundException"):
        await call("DeleteQueryDefinition", **made)


async def test_the_registry_scans_as_it_was_told(where: ServiceContext) -> None:
    before = (await added(where, "ecr", "GetRegistryScanningConfiguration", {})).json()
    put = {"scanType": "BASIC", "rules": [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": []}]}
    answer = (await added(where, "ecr", "PutRegistryScanningConfiguration", put)).json()

    assert before["scanningConfiguration"] == {"scanType": "BASIC", "rules": []}
    assert answer == {"registryScanningConfiguration": put}
    assert (await added(where, "ecr", "GetRegistryScanningConfiguration", {})).json()["scanningConfiguration"] == put


async def test_a_wrong_code_is_refused_and_the_right_one_is_let_through(where: ServiceContext) -> None:
    refused = await added(where, "cognito-idp", "ConfirmSignUp", {"ConfirmationCode": "000000"})
    assert (refused.status, refused.json()["__type"]) == (400, "CodeMismatchException")
    assert refused.headers["access-control-allow-origin"] == "*"
    right = request("cognito-idp", "ConfirmSignUp", {"ConfirmationCode": "123456"})
    assert not [name for name, addition in additions(where).items() if addition.applies(right)]


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"Policies": {"PasswordPolicy": {"MinimumLength": 12, "RequireNumbers": True}}}, [False, True, False, False]),
        ({}, None),
    ],
    ids=["what is left out is not required", "no policy is left to the default"],
)
def test_a_password_policy_requires_what_it_says(where: ServiceContext, given: Any, sent: Any) -> None:  # noqa: ANN401
    correction = correction_of(where, "password_policy_as_given")
    put = correction.rewrite(request("cognito-idp", "CreateUserPool", given)).json()
    policy = put.get("Policies", {}).get("PasswordPolicy")
    names = ("RequireLowercase", "RequireNumbers", "RequireSymbols", "RequireUppercase")
    assert (policy and [policy[name] for name in names]) == sent


async def test_a_call_that_nobody_knows_is_refused_with_the_code_of_aws(where: ServiceContext) -> None:
    unknown = correction_of(where, "words_for_unknown_calls")
    in_json = {"operation": "Fly", "request": {}, "status": 400, "answer": {"message": "Unknown WAF action: Fly"}}
    in_xml = {"operation": "Fly", "request": "Action=Fly", "status": 400, "answer": "<M>Unknown EC2 action: Fly</M>"}
    other = {**in_json, "answer": {"__type": "WAFNonexistentItemException"}}

    assert (await corrected(unknown, "wafv2", in_json)).json()["__type"] == "UnknownOperationException"
    assert texts(await corrected(unknown, "ec2", in_xml), "Errors/Error/Code") == ["InvalidAction"]
    assert (await corrected(unknown, "wafv2", other)).json() == other["answer"]


def encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def token_of(key: RSAPrivateKey, **header: str) -> str:
    head = encoded(json.dumps({"alg": "RS256", "kid": "1", **header}).encode())
    signed = f"{head}.{encoded(b'{}')}"
    return f"{signed}.{encoded(key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


async def test_a_token_of_nobody_is_refused(where: ServiceContext) -> None:
    asked = request("cognito-idp", "GetUser", {"AccessToken": "not a token"})
    shown = replace(asked, headers={"x-amz-target": "AWSCognitoIdentityProviderService.GetUser"})
    (found,) = (addition for addition in additions(where).values() if addition.applies(shown))
    refused = await found.answer(shown)

    assert (refused.status, refused.json()["__type"]) == (400, "NotAuthorizedException")
    assert refused.headers["access-control-allow-origin"] == "*"
    assert not found.applies(replace(shown, in_process=True))


def test_a_token_counts_only_with_the_signature_of_its_pool() -> None:
    key, other = (generate_private_key(65537, 2048) for _ in range(2))
    numbers = key.public_key().public_numbers()
    n, e = (encoded(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
    keys = {"keys": [{"kid": "1", "n": n, "e": e}]}

    assert verified(token_of(key), keys)
    assert not verified(token_of(other), keys)
    assert not verified(token_of(key, kid="2"), keys)
    assert not verified(token_of(key, alg="none"), keys)
    assert not verified(token_of(key)[:-4], keys)
    assert not verified("not a token", keys)


async def test_a_zone_says_that_it_is_not_signed(where: ServiceContext, aws: FakeAws) -> None:
    aws.answers = {"GET /2013-04-01/hostedzone/Z1": "<GetHostedZoneResponse/>"}
    asked = request("route53", "", "", "/2013-04-01/hostedzone/Z1/dnssec")
    (found,) = (addition for addition in additions(where).values() if addition.applies(asked))
    assert texts(await found.answer(asked), "Status/ServeSignature") == ["NOT_SIGNING"]


LAST = "Action=DeleteDBCluster&DBClusterIdentifier=shop&FinalDBSnapshotIdentifier=shop-final"
REFUSED = "<ErrorResponse><Error><Type>Sender</Type><Code>No</Code><Message>No.</Message></Error></ErrorResponse>", 400


def answering(aws: FakeAws, **otherwise: object) -> None:
    calls = ("CreateDBClusterSnapshot", "DeleteDBCluster", "DeleteDBClusterSnapshot")
    aws.answers = {call: f"<{call}Response><{call}Result/></{call}Response>" for call in calls} | otherwise


async def test_a_cluster_leaves_its_last_snapshot_before_it_goes(where: ServiceContext, aws: FakeAws) -> None:
    answering(aws)
    answer = await added(where, "rds", "DeleteDBCluster", LAST)

    assert answer.status == 200
    assert aws.called == ["CreateDBClusterSnapshot", "DeleteDBCluster"]


async def test_a_cluster_whose_snapshot_cannot_be_made_stays(where: ServiceContext, aws: FakeAws) -> None:
    answering(aws, CreateDBClusterSnapshot=REFUSED)
    answer = await added(where, "rds", "DeleteDBCluster", LAST)

    assert (answer.status, aws.called) == (400, ["CreateDBClusterSnapshot"])


async def test_a_cluster_that_cannot_be_deleted_leaves_no_snapshot(where: ServiceContext, aws: FakeAws) -> None:
    answering(aws, DeleteDBCluster=REFUSED)
    answer = await added(where, "rds", "DeleteDBCluster", LAST)

    assert answer.status == 400
    assert aws.called == ["CreateDBClusterSnapshot", "DeleteDBCluster", "DeleteDBClusterSnapshot"]


@pytest.mark.parametrize("form", [LAST.partition("&Final")[0], f"{LAST}&SkipFinalSnapshot=true"])
def test_who_wants_no_last_snapshot_gets_none(where: ServiceContext, form: str) -> None:
    asked = request("rds", "DeleteDBCluster", form)
    assert not any(addition.applies(asked) for addition in additions(where).values())


async def test_a_document_that_is_none_is_refused_once_its_role_is_found(where: ServiceContext, aws: FakeAws) -> None:
    applies = additions(where)["documents_by_the_grammar"].applies
    good = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'

    aws.answers["GetRole"] = "<GetRoleResponse><GetRoleResult/></GetRoleResponse>"

    def asked(document: str) -> AwsRequest:
        form = {"Action": "PutRolePolicy", "RoleName": "app", "PolicyName": "own", "PolicyDocument": document}
        return AwsRequest("POST", "/", body=urlencode(form).encode(), service="iam", operation="PutRolePolicy")

    answer = await additions(where)["documents_by_the_grammar"].answer(asked(good.replace("s3:*", "*:s3")))
    assert not applies(asked(good))
    assert b"<Code>MalformedPolicyDocument</Code>" in answer.body
    assert b"Actions/Conditions must be prefaced by a vendor" in answer.body
    assert aws.called == ["GetRole"]
