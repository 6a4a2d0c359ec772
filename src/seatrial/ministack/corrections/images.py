"""Amazon Linux: the public parameters that name its images, and the images they name."""

from hashlib import sha256
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections import xml
from seatrial.ministack.corrections.correction import Correct, Correction, operation, succeeded
from seatrial.ministack.corrections.ec2.filters import matches

_AMAZON = "137112412989"
_RELEASED = 1764547200
_LATEST = "/aws/service/ami-amazon-linux-latest/"
_NAMES = {
    **{
        f"{_LATEST}al2023-ami-{kind}kernel-{kernel}-{architecture}": (
            f"al2023-ami-{kind}2023.9.20251201.0-kernel-{'6.1' if kernel == 'default' else kernel}-{architecture}"
        )
        for kind in ("", "minimal-")
        for kernel in ("default", "6.1", "6.12")
        for architecture in ("arm64", "x86_64")
    },
    **{
        f"{_LATEST}amzn2-ami-{flavour}": f"amzn2-ami-{flavour.replace('hvm', 'hvm-2.0.20251201.0')}"
        for flavour in ("hvm-arm64-gp2", "hvm-x86_64-gp2", "kernel-5.10-hvm-arm64-gp2", "kernel-5.10-hvm-x86_64-gp2")
    },
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id": (
        "al2023-ami-ecs-hvm-2023.0.20251201-x86_64"
    ),
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id": (
        "al2023-ami-ecs-hvm-2023.0.20251201-arm64"
    ),
}


def parameters_of_images() -> Correction:
    """The newest image of Amazon Linux is a public parameter.

    AWS: ``/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64`` and its kind hold an image's id in
    every region, and have no owner: their ARN has no account (Systems Manager User Guide, "Calling AMI public
    parameters"; ECS developer guide, "Retrieving Amazon ECS-optimized Linux AMI metadata"). MiniStack knows two.
    """
    return Correction(operation("ssm", "GetParameter", "GetParameters", "GetParametersByPath"), _with_parameters())


def images_of_parameters() -> Correction:
    """``DescribeImages`` knows the images that the public parameters name.

    AWS: each id is an image of Amazon's, with architecture, root device and owner (EC2 API reference, ``Image``).
    """

    def add(request: AwsRequest, document: Element) -> None:
        images = document.find("imagesSet")
        if images is not None:
            for image in _found(forms.read(request), request.region):
                xml.put_all(SubElement(images, "item"), image)

    return Correction(operation("ec2", "DescribeImages"), xml.in_xml(add))


def public_image(parameter: str, region: str) -> str:
    """The id of the image that a public parameter names; images that are the same have one id."""
    return f"ami-0{sha256(f'{region}/{_NAMES[parameter]}'.encode()).hexdigest()[:16]}"


def _parameter(name: str, region: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "String",
        "Value": public_image(name, region),
        "Version": 1,
        "LastModifiedDate": _RELEASED,
        "ARN": f"arn:aws:ssm:{region}::parameter{name}",
        "DataType": "aws:ec2:image" if name.startswith(_LATEST) else "text",
    }


def _with_parameters() -> Correct:
    def correct(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        asked = request.json()
        if request.operation == "GetParameter":
            name = asked.get("Name", "")
            return AwsResponse.of_json({"Parameter": _parameter(name, request.region)}) if name in _NAMES else response
        names = _named(asked)
        if not names or not succeeded(response):
            return response
        document = response.json()
        others = [each for each in document["Parameters"] if each["Name"] not in names]
        document["Parameters"] = [*others, *(_parameter(name, request.region) for name in names)]
        if "InvalidParameters" in document:
            document["InvalidParameters"] = [each for each in document["InvalidParameters"] if each not in names]
        return AwsResponse.of_json(document)

    return correct


def _named(asked: dict[str, Any]) -> list[str]:
    if "Path" not in asked:
        return [name for name in asked.get("Names", []) if name in _NAMES]
    path = asked["Path"].rstrip("/") + "/"
    below = [name for name in _NAMES if name.startswith(path)] if path.startswith("/aws/") else []
    return below if asked.get("Recursive") else [name for name in below if "/" not in name[len(path) :]]


def _found(form: dict[str, Any], region: str) -> list[dict[str, Any]]:
    owners, identifiers = forms.strings(form.get("Owner")), forms.strings(form.get("ImageId"))
    images = {name: _image(public_image(parameter, region), name) for parameter, name in _NAMES.items()}
    return [
        image
        for image in images.values()
        if (not owners or {"amazon", _AMAZON} & set(owners))
        and (not identifiers or image["imageId"] in identifiers)
        and matches(form.get("Filter", []), lambda name, image=image: _facts(image, name))  # type: ignore[misc]
    ]


def _image(identifier: str, name: str) -> dict[str, Any]:
    return {
        "imageId": identifier,
        "imageLocation": f"amazon/{name}",
        "imageState": "available",
        "imageOwnerId": _AMAZON,
        "imageOwnerAlias": "amazon",
        "isPublic": True,
        "architecture": "arm64" if "arm64" in name else "x86_64",
        "imageType": "machine",
        "name": name,
        "description": "Amazon Linux",
        "creationDate": "2025-12-01T00:00:00.000Z",
        "rootDeviceType": "ebs",
        "rootDeviceName": "/dev/xvda",
        "virtualizationType": "hvm",
        "hypervisor": "xen",
        "enaSupport": True,
        "blockDeviceMapping": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {"volumeSize": 8, "volumeType": "gp3", "encrypted": False, "deleteOnTermination": True},
            }
        ],
    }


def _facts(image: dict[str, Any], name: str) -> list[str]:
    parts = {"image-id": "imageId", "owner-alias": "imageOwnerAlias", "owner-id": "imageOwnerId", "state": "imageState"}
    head, *rest = name.split("-")
    fact = image.get(parts.get(name, head + "".join(part.title() for part in rest)), "")
    return [str(fact).lower() if isinstance(fact, bool) else str(fact)]
