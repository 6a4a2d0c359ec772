"""Texts that people write, in answers of XML."""

import re
from xml.sax.saxutils import escape

from seatrial.core.service import AwsRequest
from seatrial.core.wire import correction_forms as forms
from seatrial.ministack.corrections.correction import Correction

_RAW = {
    # The headers of a rule, too, are texts that people write; MiniStack escapes those itself.
    "elasticloadbalancing": re.compile(
        r".*\.FixedResponseConfig\.MessageBody|.*\.(PathPattern|HostHeader)Config\.Values\.member\.\d+"
        r"|Conditions\.member\.\d+\.Values\.member\.\d+|.*\.QueryStringConfig\.Values\.member\.\d+\.(Key|Value)"
        r"|.*\.RedirectConfig\.(Path|Host)|Tags\.member\.\d+\.(Key|Value)|HealthCheckPath"
    ),
    "iam": re.compile(r"Description|Tags\.member\.\d+\.(Key|Value)"),
    "ec2": re.compile(r"GroupDescription"),
    "rds": re.compile(r"DBSubnetGroupDescription"),
    "sns": re.compile(r"Tags\.member\.\d+\.(Key|Value)"),
}


def texts_in_xml() -> Correction:
    """A text that a user wrote is returned as it was written, with ``&``, ``<`` and ``>``.

    AWS: answers are well-formed XML whatever a description, a pattern of a rule or a fixed answer holds. MiniStack
    writes these texts into its answers as they are, and a client fails with a syntax error; so it is given them
    escaped.
    """
    return Correction(lambda request: bool(request.operation) and request.service in _RAW, rewrite=_escaped)


def _escaped(request: AwsRequest) -> AwsRequest:
    raw = _RAW[request.service]
    if not any(mark in request.body for mark in (b"%26", b"%3C", b"%3E", b"&lt", b"<", b">")):
        return request
    return forms.changed(request, lambda name, value: escape(value) if raw.fullmatch(name) else value)
