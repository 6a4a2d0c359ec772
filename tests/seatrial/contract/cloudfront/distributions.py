"""Distributions as Terraform makes them, without it: a site and a service behind one, or a load balancer alone."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from seatrial.process import instance
from tests.seatrial.contract.conftest import REGION, RunningAws

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
AND_CLOUDFRONTS = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
EVERY = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
_METHODS = {"Quantity": len(EVERY), "Items": EVERY, "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}
SINGLE_PAGE = """\
function handler(event) {
  var request = event.request;
  if (request.uri.split("/").pop().indexOf(".") === -1) { request.uri = "/index.html"; }
  return request;
}
"""


@dataclass(frozen=True)
class Place:
    """One distribution: its bucket, its id, its name, and the name of the load balancer behind it."""

    aws: RunningAws
    bucket: str
    distribution: str
    domain: str
    load_balancer: str

    @property
    def url(self) -> str:
        found = instance.status(self.aws.settings).front_doors or {}
        return found[self.domain]["443"]

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(self.url + path, headers=headers, trust_env=False)

    def put(self, path: str, text: str, control: str = "max-age=3600") -> None:
        self.aws.client("s3").put_object(
            Bucket=self.bucket, Key=f"live/{path}", Body=text, ContentType="text/html", CacheControl=control
        )

    def forget(self, *paths: str) -> None:
        self.aws.client("cloudfront").create_invalidation(
            DistributionId=self.distribution,
            InvalidationBatch={
                "CallerReference": uuid4().hex,
                "Paths": {"Quantity": len(paths), "Items": list(paths)},
            },
        )


def vpc_origin(aws: RunningAws, balancer: str, policy: str = "http-only", port: int = 80) -> str:
    """A new VPC origin for a load balancer; its id."""
    made = aws.client("cloudfront").create_vpc_origin(
        VpcOriginEndpointConfig={
            "Name": f"inside-{uuid4().hex[:8]}",
            "Arn": balancer,
            "HTTPPort": port,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": policy,
        }
    )
    identity: str = made["VpcOrigin"]["Id"]
    return identity


def everything_to(origin: str, dns: str, asked: str = ALL_BUT_HOST) -> dict[str, Any]:
    """The configuration of a distribution that sends every request to a VPC origin; ``asked`` is the policy."""
    inside = {"VpcOriginId": origin, "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5}
    return {
        "CallerReference": origin,
        "Comment": dns,
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{"Id": "services", "DomainName": dns, "VpcOriginConfig": inside}]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "services",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": DISABLED,
            "OriginRequestPolicyId": asked,
            "ResponseHeadersPolicyId": SECURITY_HEADERS,
            "AllowedMethods": _METHODS,
        },
    }


def in_front_of(aws: RunningAws, balancer: str, dns: str) -> str:
    """A distribution that sends every request to this load balancer; its name."""
    config = everything_to(vpc_origin(aws, balancer), dns)
    made = aws.client("cloudfront").create_distribution(DistributionConfig=config)
    domain: str = made["Distribution"]["DomainName"]
    return domain


def build(aws: RunningAws, *, single_page: bool = False) -> Place:
    name = f"front-{uuid4().hex[:10]}"
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    balancer = _load_balancer(aws, name)
    made = aws.client("cloudfront").create_distribution(
        DistributionConfig=_configuration(aws, name, balancer, single_page=single_page)
    )["Distribution"]
    grant = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}}
    only = {"Condition": {"StringEquals": {"AWS:SourceArn": made["ARN"]}}}
    statements = [
        {**grant, **only, "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/live/*"},
        {**grant, **only, "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{name}"},
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    aws.client("s3").put_bucket_policy(Bucket=name, Policy=policy)
    return Place(aws, name, made["Id"], made["DomainName"], balancer)


def _load_balancer(aws: RunningAws, name: str) -> str:
    elb = aws.client("elbv2")
    subnets = [entry["SubnetId"] for entry in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    made = elb.create_load_balancer(Name=name, Subnets=subnets)["LoadBalancers"][0]
    answer = {"StatusCode": "404", "ContentType": "application/json", "MessageBody": '{"detail": "no such note"}'}
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": answer}],
    )
    found: str = made["DNSName"]
    return found


def _configuration(aws: RunningAws, name: str, balancer: str, *, single_page: bool) -> dict[str, Any]:
    site = {
        "Id": "site",
        "DomainName": f"{name}.s3.{REGION}.amazonaws.com",
        "OriginPath": "/live",
        "OriginAccessControlId": _access_control(aws, name),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}
    services = {"Id": "services", "DomainName": balancer, "CustomOriginConfig": custom}
    default: dict[str, Any] = {
        "TargetOriginId": "site",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": OPTIMIZED,
    }
    if single_page:
        arn = _function(aws, name)
        items = [{"EventType": "viewer-request", "FunctionARN": arn}]
        default["FunctionAssociations"] = {"Quantity": 1, "Items": items}
    api = {
        "PathPattern": "/api/*",
        "TargetOriginId": "services",
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": DISABLED,
        "OriginRequestPolicyId": ALL_BUT_HOST,
        "AllowedMethods": _METHODS,
    }
    return {
        "CallerReference": name,
        "Comment": name,
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "Origins": {"Quantity": 2, "Items": [site, services]},
        "DefaultCacheBehavior": default,
        "CacheBehaviors": {"Quantity": 1, "Items": [api]},
    }


def _access_control(aws: RunningAws, name: str) -> str:
    made = aws.client("cloudfront").create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name,
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )
    identity: str = made["OriginAccessControl"]["Id"]
    return identity


def _function(aws: RunningAws, name: str) -> str:
    client = aws.client("cloudfront")
    config = {"Comment": name, "Runtime": "cloudfront-js-2.0"}
    made = client.create_function(Name=name, FunctionConfig=config, FunctionCode=SINGLE_PAGE.encode())
    published = client.publish_function(Name=name, IfMatch=made["ETag"])
    arn: str = published["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    return arn
