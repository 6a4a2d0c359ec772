"""The load balancers, plugged into the gateway: the API's changes reach the data plane, its truth reaches the API."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.core.wire.protocols import forms
from seatrial.http.certificates import Certificates
from seatrial.services.elb.control.answering import COMPLETED, completed
from seatrial.services.elb.control.attached import attachments, with_load_balancers
from seatrial.services.elb.control.cognito import of_cognito
from seatrial.services.elb.control.configuration import Described, configuration, merge_regions, with_unhealthy
from seatrial.services.elb.control.delivery import LogDelivery
from seatrial.services.elb.control.describe import asked_for, target_health
from seatrial.services.elb.control.plane import DataPlaneClient
from seatrial.services.elb.control.reading import Reader
from seatrial.services.elb.control.sent_configuration import SentConfiguration
from seatrial.services.elb.data.counters import Report
from seatrial.services.elb.model import Configuration, SignIn, TargetGroup

PORTS = "elb.port"
"""The kind under which the store keeps each listener's loopback port, by the listener's ARN."""

REGIONS = "elb.region"
"""The kind under which the store keeps the regions that have, or had, load balancers: those are read."""

_SEEN_ELSEWHERE = {"RegisterTargets", "DeregisterTargets", "AddTags", "RemoveTags"}
"""Changes that nothing must be read again for: who is registered is remembered here, tags do not matter."""

_SERVICE = "elasticloadbalancing"
_OK = 200
_log = logging.getLogger("seatrial")


class LoadBalancers(OwnService):
    """Application Load Balancers at work.

    Args:
        context: what the embedded AWS gives each service.
    """

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._plane = DataPlaneClient(context.targets.resolve)
        self.signing_key = b""
        """The private key that signs the claims of who has signed in; empty where nobody needs to."""
        self._certificates = Certificates(context.settings.certificates, context.clock)
        self._delivery = LogDelivery(context, self._plane)
        self._started = False
        self._sent_configuration = SentConfiguration(context.store)
        self._configuration = Configuration()
        self._described: Described | None = None
        self._read_again = False
        self._attributes: dict[str, dict[str, str]] = {}
        self._modified: set[str] = set()
        self._ports: dict[str, int] = {}
        self._lock = asyncio.Lock()
        self._changes = self._followed = 0
        self._refollowing: set[asyncio.Task[None]] = set()

    def front_doors(self) -> Mapping[str, Mapping[str, str]]:
        """Where each load balancer answers: DNS name, then listener port, then the URL on this machine."""
        doors: dict[str, dict[str, str]] = {}
        for listener in self._configuration.listeners:
            if listener.arn in self._ports:
                url = f"{listener.protocol.lower()}://127.0.0.1:{self._ports[listener.arn]}"
                doors.setdefault(listener.dns_name, {})[str(listener.port)] = url
        return doors

    def loopback_ports(self) -> Mapping[tuple[str, int], int]:
        """Where each listener answers on this machine: by its load balancer's ARN or DNS name, and its port on AWS."""
        return {
            (name, listener.port): self._ports[listener.arn]
            for listener in self._configuration.listeners
            if listener.arn in self._ports
            for name in (listener.load_balancer_arn, listener.dns_name)
        }

    async def report(self) -> Report:
        """What was counted so far, by load balancer and by target group; see ``Report.since``."""
        return await self._plane.report()

    def observes(self, request: AwsRequest) -> bool:
        """See ``OwnService.observes``."""
        if request.service != _SERVICE:
            return False
        told = {"DescribeTargetGroups", "DescribeTargetHealth", *COMPLETED}
        return request.is_mutating or request.operation in told

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """See ``OwnService.amend_response``."""
        if response.status != _OK:
            return response
        if request.operation == "DescribeTargetHealth":
            return await self._target_health(request)
        if request.operation == "DescribeTargetGroups":
            attached = attachments(self._configuration.listeners)
            return replace(response, body=with_load_balancers(response.body.decode(), attached).encode())
        if request.is_mutating:
            self._sent_configuration.note(request.operation, forms.nested(request.body), response.body.decode())
            self._context.store.put(REGIONS, request.region, value=True)
            self._outdated(request)
            await self._follow()
        if request.operation in COMPLETED:
            return replace(response, body=completed(response.body, self._sent_configuration.rules()))
        return response

    async def start(self) -> None:
        """Serve what is configured already."""
        self._plane.start()
        self._loop = asyncio.get_running_loop()
        self._context.targets.watch(self._readdress)
        self._context.faults.listen_to_health(self._refollow)
        await self._follow()
        self._started = True
        self._delivery.start()

    async def stop(self) -> None:
        """Close every port, and deliver the rest of the access logs."""
        await self._delivery.stop()
        await self._plane.stop()

    async def _target_health(self, request: AwsRequest) -> AwsResponse:
        form = forms.nested(request.body)
        arn = form.get("TargetGroupArn", "")
        group = self._configuration.groups.get(arn) or TargetGroup(arn, "")
        known = await self._plane.health(arn)
        return target_health(asked_for(known, form.get("Targets", ()), group.port), group.check)

    def _readdress(self) -> None:
        # From any thread: whoever starts containers may do so beside the loop.
        self._readdressing = asyncio.run_coroutine_threadsafe(self._plane.readdress(), self._loop)

    def _refollow(self) -> None:
        following = asyncio.get_running_loop().create_task(self._follow())
        self._refollowing.add(following)
        following.add_done_callback(self._refollowing.discard)

    async def _follow(self) -> None:
        """Bring the data plane to where the API is now; changes made while it is read are read with it."""
        self._changes += 1
        mine = self._changes
        async with self._lock:
            if self._followed >= mine:
                return
            until = self._changes
            try:
                await self._read_and_apply()
            except Exception:  # noqa: BLE001 - the API call itself has succeeded, and must say so
                _log.exception("The load balancers could not follow a change")
            self._followed = until

    def _outdated(self, request: AwsRequest) -> None:
        """Mark what must be read again: nothing where only targets came and went, attributes where they changed."""
        if request.operation in _SEEN_ELSEWHERE:
            return
        self._read_again = True
        if request.operation.endswith("Attributes"):
            form = forms.nested(request.body)
            self._modified.update(str(value) for name, value in form.items() if name.endswith("Arn"))

    async def _read(self) -> Described:
        """What the API describes; read again only where it may have changed."""
        if self._described is None or self._read_again:
            self._described, self._read_again = None, False
            for arn in self._modified:
                self._attributes.pop(arn, None)
            self._modified.clear()
            regions = self._context.store.all(REGIONS)
            aws = self._context.aws
            self._described = merge_regions([await Reader(aws, region, self._attributes).read() for region in regions])
        return self._described

    async def _read_and_apply(self) -> None:
        described = await self._read()
        read = configuration(self._sent_configuration.complete(described))
        wanted_now = await self._with_sign_ins(await self._with_certificates(read))
        self._configuration = with_unhealthy(wanted_now, self._context.faults.unhealthy)
        stored: dict[str, int] = self._context.store.all(PORTS)
        arns = {listener.arn for listener in self._configuration.listeners}
        wanted = {arn: port for arn, port in stored.items() if arn in arns}
        self._ports = await self._plane.apply(self._configuration, wanted, self._context.settings.front_door_port)
        with self._context.store.transaction():
            self._context.store.delete(PORTS, *(stored.keys() - arns))
            self._context.store.put_all(PORTS, self._ports)
        await self._delivery.follow(self._configuration.log_buckets, anew=not self._started)

    async def _with_certificates(self, read: Configuration) -> Configuration:
        """The configuration with a certificate of our own for each HTTPS listener."""
        listeners = []
        for listener in read.listeners:
            if listener.protocol == "HTTPS":
                names = [listener.dns_name, *await self._names_of(listener.certificate_arn)]
                made = await asyncio.to_thread(self._certificates.file, names)
                listeners.append(replace(listener, certificate=str(made)))
            else:
                listeners.append(listener)
        return replace(read, listeners=tuple(listeners))

    async def _with_sign_ins(self, read: Configuration) -> Configuration:
        """The configuration with what Cognito says of the clients that people sign in for, and with our key."""
        if not any(isinstance(rule.action, SignIn) for listener in read.listeners for rule in listener.rules):
            return read
        self.signing_key = await asyncio.to_thread(self._certificates.signing_key)
        listeners = []
        for listener in read.listeners:
            rules = [
                replace(rule, action=await self._completed(rule.action)) if isinstance(rule.action, SignIn) else rule
                for rule in listener.rules
            ]
            listeners.append(replace(listener, rules=tuple(rules)))
        return replace(read, listeners=tuple(listeners))

    async def _completed(self, action: SignIn) -> SignIn:
        keyed = replace(action, key=self.signing_key)
        return await of_cognito(keyed, self._context) if action.pool else keyed

    async def _names_of(self, certificate: str) -> list[str]:
        """The names that an ACM certificate is for."""
        if not certificate.startswith("arn:aws:acm:"):
            return []
        try:
            region = certificate.split(":")[3]
            told = await self._context.aws.call("acm", "DescribeCertificate", region=region, CertificateArn=certificate)
        except AwsCallError:
            return []
        about = told.get("Certificate", {})
        return [name for name in (about.get("DomainName"), *about.get("SubjectAlternativeNames", ())) if name]
