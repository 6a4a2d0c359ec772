"""Every correction."""

from collections.abc import Callable
from inspect import signature
from typing import TypeVar

from seatrial.core.context import ServiceContext
from seatrial.ministack.corrections import (
    cloudfront,
    cloudtrail,
    cognito,
    cognito_discovery,
    cognito_tokens,
    ecr,
    elb,
    escaping,
    firehose,
    functions,
    iam,
    images,
    logs,
    rds,
    rds_data,
    route53,
    secrets,
    ssm,
    unknown,
    waf,
)
from seatrial.ministack.corrections.correction import Addition, Correction, Corrections
from seatrial.ministack.corrections.ec2 import (
    addresses,
    attributes,
    endpoints,
    flow_logs,
    groups,
    instances,
    key_pairs,
    routes,
    volumes,
)

Made = TypeVar("Made", Correction, Addition)

CORRECTIONS: tuple[Callable[..., Correction], ...] = (
    unknown.words_for_unknown_calls,
    cloudfront.policies_without_empty_parts,
    cloudtrail.tags_of_new_trails,
    cognito.password_policy_as_given,
    cognito_discovery.names_in_discovery,
    ecr.registry_address,
    ecr.every_tag_of_an_image,
    elb.names_of_internal_load_balancers,
    elb.sign_in_of_rules,
    escaping.texts_in_xml,
    addresses.filters_of_addresses,
    attributes.attributes_as_they_are,
    endpoints.groups_and_names_of_interface_endpoints,
    flow_logs.what_a_flow_log_was_made_with,
    groups.ports_of_all_protocols,
    groups.prefix_lists_of_rules,
    images.images_of_parameters,
    images.parameters_of_images,
    instances.network_interface_of_a_launch,
    instances.launched_as_asked,
    instances.interface_goes_with_its_instance,
    key_pairs.tags_of_key_pairs,
    routes.routes_to_network_interfaces,
    volumes.root_volume_as_launched,
    volumes.volumes_as_noted,
    firehose.time_zone_of_prefixes,
    functions.environments_within_quotas,
    iam.roles_of_services_once,
    logs.ids_of_deliveries,
    rds.major_version_of_data,
    rds.clusters_as_asked,
    rds.addresses_that_stay,
    rds.addresses_of_members,
    rds.instances_as_asked,
    rds_data.errors_of_statements,
    secrets.no_value_is_not_found,
    ssm.secure_strings_without_decryption,
    waf.kept_of_web_acls,
    waf.logging_ends_with_its_web_acl,
)
"""All corrections, in the order in which they see an answer."""

ADDITIONS: tuple[Callable[..., Addition], ...] = (
    attributes.attributes_that_change,
    cognito.wrong_codes,
    cognito_tokens.tokens_with_a_valid_signature,
    ecr.registry_scanning,
    functions.payloads_within_quotas,
    iam.documents_by_the_grammar,
    logs.query_definitions,
    rds.last_snapshot_of_a_cluster,
    route53.zones_without_signatures,
    waf.logging_configurations,
)
"""Calls that are answered here."""


def create(context: ServiceContext) -> Corrections:
    """Every correction, as one service."""
    return Corrections(tuple(corrections(context).values()), tuple(additions(context).values()))


def corrections(context: ServiceContext) -> dict[str, Correction]:
    """What MiniStack answers otherwise than AWS, by the name of the function, in the order of correction."""
    return {make.__name__: _made(make, context) for make in CORRECTIONS}


def additions(context: ServiceContext) -> dict[str, Addition]:
    """What MiniStack does not answer at all, by the name of the function."""
    return {make.__name__: _made(make, context) for make in ADDITIONS}


def _made(make: Callable[..., Made], context: ServiceContext) -> Made:
    """A correction is given the part of the context that it names as its parameter, or nothing."""
    given = {"context": context, "settings": context.settings, "store": context.store}
    return make(*(given[name] for name in signature(make).parameters))
