"""The API asked for everything that the distributions are made of."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from seatrial.core.internal import Aws
from seatrial.services.cloudfront.model import Distribution, named, read, vpc_origin_ids
from seatrial.services.cloudfront.policies import Policies, read_cache_policy, read_forwarded, read_response_policy

Read = TypeVar("Read")


async def read_distributions(aws: Aws) -> list[Distribution]:
    """Every distribution that is enabled."""
    listed = await aws.call("cloudfront", "ListDistributions")
    summaries = [item for item in listed["DistributionList"].get("Items") or [] if item["Enabled"]]
    policies = await _policies(aws, summaries)
    origins = {
        identity: (await aws.call("cloudfront", "GetVpcOrigin", Id=identity))["VpcOrigin"]["VpcOriginEndpointConfig"]
        for identity in {identity for summary in summaries for identity in vpc_origin_ids(summary)}
    }
    return [read(summary, policies, origins) for summary in summaries]


async def _policies(aws: Aws, summaries: Iterable[Mapping[str, Any]]) -> Policies:
    cache = await _each(aws, summaries, "CachePolicy", lambda config: config)
    keyed = "ParametersInCacheKeyAndForwardedToOrigin"
    return Policies(
        cache={key: read_cache_policy(config) for key, config in cache.items()},
        forwarded={
            **{key: read_forwarded(config.get(keyed, {})) for key, config in cache.items()},
            **await _each(aws, summaries, "OriginRequestPolicy", read_forwarded),
        },
        response=await _each(aws, summaries, "ResponseHeadersPolicy", read_response_policy),
    )


async def _each(
    aws: Aws, summaries: Iterable[Mapping[str, Any]], kind: str, how: Callable[[Mapping[str, Any]], Read]
) -> dict[str, Read]:
    """Each policy of a kind that is named, by id."""
    identities = {identity for summary in summaries for identity in named(summary, f"{kind}Id")}
    answers = {identity: await aws.call("cloudfront", f"Get{kind}", Id=identity) for identity in identities}
    return {identity: how(answer[kind][f"{kind}Config"]) for identity, answer in answers.items()}
