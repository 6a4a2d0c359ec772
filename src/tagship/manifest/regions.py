"""AWS regions: the nearest spelling, and which cannot be had. A region younger than this list is not an error."""

from typing import Final

from tagship.manifest.spelling import nearest

KNOWN: Final = tuple(
    """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
    ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2
    eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1
    us-east-1 us-east-2 us-west-1 us-west-2
    """.split()  # noqa: SIM905 - thirty-four quoted words are harder to read
)

_COMPASS: Final = frozenset(
    {"north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"}
)


_PARTITIONS: Final = {
    "cn-": "China",
    "eusc-": "the European Sovereign Cloud",
    "us-gov-": "GovCloud",
    "us-iso": "a secret cloud",
    "eu-isoe-": "a secret cloud",
}
"""How the regions of AWS's other partitions begin: each is an AWS of its own, with other ARNs and without us-east-1,
where certificates, the firewall and its logs of CloudFront live (IAM user guide, "Amazon Resource Names")."""


def region_problem(region: str) -> str | None:
    """What is wrong with a region's name, or None.

    Every region so far ends with a direction and a number, so anything else is a slip of the pen;
    an unknown country or number may be new, and AWS itself will say.
    """
    for begins, where in _PARTITIONS.items():
        if region.startswith(begins):
            return (
                f"`{region}` is in {where}, a separate AWS partition without the CloudFront services that tagship "
                "needs in us-east-1"
            )
    if region in KNOWN or region.split("-")[-2] in _COMPASS:
        return None
    guess = nearest(region, KNOWN)
    return f"there is no AWS region `{region}`" + (f"; did you mean `{guess}`?" if guess else "")
