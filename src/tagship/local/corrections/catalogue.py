"""Every correction."""

from tagship.local.context import LocalContext
from tagship.local.corrections import (
    cloudfront,
    cloudtrail,
    cognito,
    ecr,
    escaping,
    firehose,
    images,
    logs,
    rds,
    ssm,
    waf,
)
from tagship.local.corrections.correction import Addition, Correction, Corrections
from tagship.local.corrections.ec2 import (
    addresses,
    attributes,
    endpoints,
    flow_logs,
    groups,
    instances,
    key_pairs,
    volumes,
)


def create(context: LocalContext) -> Corrections:
    """Every correction, as one service."""
    return Corrections(corrections(context), additions(context))


def corrections(context: LocalContext) -> tuple[Correction, ...]:
    """What MiniStack answers otherwise than AWS, in the order in which it is corrected."""
    store = context.store
    return (
        cloudfront.policies_without_empty_parts(),
        cloudtrail.tags_of_new_trails(context),
        cognito.password_policy_as_given(),
        ecr.registry_address(context.settings),
        ecr.every_tag_of_an_image(context),
        escaping.texts_in_xml(),
        addresses.filters_of_addresses(),
        attributes.attributes_as_they_are(store),
        endpoints.groups_and_names_of_interface_endpoints(store),
        flow_logs.what_a_flow_log_was_made_with(store),
        groups.ports_of_all_protocols(),
        groups.prefix_lists_of_rules(store),
        images.images_of_parameters(),
        images.parameters_of_images(),
        instances.network_interface_of_a_launch(),
        instances.launched_as_asked(context),
        instances.interface_goes_with_its_instance(context),
        key_pairs.tags_of_key_pairs(context),
        volumes.root_volume_as_launched(context),
        volumes.volumes_as_noted(store),
        firehose.time_zone_of_prefixes(store),
        rds.clusters_as_asked(store),
        rds.addresses_that_stay(store),
        rds.instances_as_asked(store),
        ssm.secure_strings_without_decryption(),
        waf.kept_of_web_acls(store),
        waf.logging_ends_with_its_web_acl(store),
    )


def additions(context: LocalContext) -> tuple[Addition, ...]:
    """What MiniStack does not answer at all."""
    return (
        attributes.attributes_that_change(context),
        cognito.wrong_codes(),
        ecr.registry_scanning(context.store),
        logs.query_definitions(context.store),
        waf.logging(context.store),
    )
