"""Scalable targets and their tags."""

from seatrial.services.autoscaling.arns import service_linked_role, target_arn
from seatrial.services.autoscaling.errors import invalid, not_found, resource_not_found, too_many_tags, unsupported
from seatrial.services.autoscaling.operations.call import Call, Handler
from seatrial.services.autoscaling.operations.policies import PolicyOperations
from seatrial.services.autoscaling.records import Json, Key, Target
from seatrial.services.autoscaling.scaler import Scaler
from seatrial.services.autoscaling.state import AutoscalingState

_SUSPENDED = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
_MOST = 50
_MOST_TAGS = 50


class TargetOperations:
    """Answers what is asked of scalable targets.

    Args:
        state: the state of Application Auto Scaling.
        scaler: brings a capacity into new bounds.
        policies: delete the policies of a target with it.
    """

    def __init__(self, state: AutoscalingState, scaler: Scaler, policies: PolicyOperations) -> None:
        self._state = state
        self._scaler = scaler
        self._policies = policies

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "RegisterScalableTarget": self._register,
            "DescribeScalableTargets": self._describe,
            "DeregisterScalableTarget": self._deregister,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "ListTagsForResource": self._list_tags,
        }

    async def _register(self, call: Call) -> Json:
        _check(call.key)
        target = self._state.target(call.key)
        if target is None:
            target = await self._made(call)
        else:
            _update(target, call.params)
        self._state.save(target)
        await self._scaler.keep_within(target)
        return {"ScalableTargetARN": target.arn}

    async def _made(self, call: Call) -> Target:
        params, key = call.params, call.key
        if "MinCapacity" not in params or "MaxCapacity" not in params:
            raise invalid("Both minimum capacity and maximum capacity must be specified for a new scalable target")
        _check_bounds(params["MinCapacity"], params["MaxCapacity"])
        role = service_linked_role(key) or params.get("RoleARN")
        if role is None:
            raise invalid(f"A role ARN is required for the service namespace {key.namespace}")
        target = Target(
            arn=target_arn(key),
            key=key,
            minimum=params["MinCapacity"],
            maximum=params["MaxCapacity"],
            role=role,
            created=self._scaler.now(),
            suspended=_suspended({}, params),
            tags=_checked_tags(params.get("Tags", {}), key.resource),
        )
        if key.namespace == "ecs" and await self._scaler.read_capacity(target) is None:
            raise invalid(f"ECS service doesn't exist: {key.resource}")
        return target

    def _describe(self, call: Call) -> Json:
        if "ScalableDimension" in call.params and not call.params.get("ResourceIds"):
            raise invalid("If you specify a scalable dimension, you must also specify a resource ID.")
        found = [target for target in self._state.targets.values() if call.names(target.key)]
        return call.page("ScalableTargets", found, _MOST, _view)

    async def _deregister(self, call: Call) -> Json:
        _check(call.key)
        target = self._state.target(call.key)
        if target is None:
            raise not_found("No scalable target found", *call.key[2:])
        for policy in self._state.policies_of(target):
            await self._policies.remove(policy)
        self._state.forget(target, *self._state.scheduled_of(target))
        return {}

    def _tag(self, call: Call) -> Json:
        target = self._tagged(call)
        target.tags = _checked_tags({**target.tags, **call.params["Tags"]}, target.arn)
        self._state.save(target)
        return {}

    def _untag(self, call: Call) -> Json:
        target = self._tagged(call)
        gone = set(call.params["TagKeys"])
        target.tags = {key: value for key, value in target.tags.items() if key not in gone}
        self._state.save(target)
        return {}

    def _list_tags(self, call: Call) -> Json:
        return {"Tags": self._tagged(call).tags}

    def _tagged(self, call: Call) -> Target:
        arn = call.params["ResourceARN"]
        if (target := self._state.targets.get(arn)) is None:
            raise resource_not_found(arn)
        return target


def _check(key: Key) -> None:
    """Namespace, resource and dimension belong together."""
    namespace, kind, _ = key.dimension.split(":", 2)
    forms = {"ecs:service": ("service/", 2), "rds:cluster": ("cluster:", 0)}
    prefix, slashes = forms.get(f"{namespace}:{kind}", ("", -1))
    fits = key.resource.startswith(prefix) and slashes in {-1, key.resource.count("/")}
    if namespace != key.namespace or not fits:
        raise unsupported()


def _check_bounds(minimum: int, maximum: int) -> None:
    if minimum < 0 or maximum < 0:
        raise invalid("Capacity must be greater than or equal to 0")
    if minimum > maximum:
        raise invalid("Maximum capacity cannot be less than minimum capacity")


def _update(target: Target, params: Json) -> None:
    """What is not named stays as it is. In place: who waits for the target's lock has this very object."""
    minimum, maximum = params.get("MinCapacity", target.minimum), params.get("MaxCapacity", target.maximum)
    _check_bounds(minimum, maximum)
    target.minimum, target.maximum = minimum, maximum
    target.suspended = _suspended(target.suspended, params)


def _checked_tags(tags: dict[str, str], name: str) -> dict[str, str]:
    if len(tags) > _MOST_TAGS:
        raise too_many_tags(name)
    return tags


def _suspended(before: dict[str, bool], params: Json) -> dict[str, bool]:
    asked = params.get("SuspendedState", {})
    return {name: asked.get(name, before.get(name, False)) for name in _SUSPENDED}


def _view(target: Target) -> Json:
    return {
        "ServiceNamespace": target.key.namespace,
        "ResourceId": target.key.resource,
        "ScalableDimension": target.key.dimension,
        "MinCapacity": target.minimum,
        "MaxCapacity": target.maximum,
        "RoleARN": target.role,
        "CreationTime": target.created,
        "SuspendedState": target.suspended,
        "ScalableTargetARN": target.arn,
    }
