"""The way in: every dashboard of an environment, as JSON."""

from tagship.dashboards.subject import Subject


def build(subject: Subject) -> dict[str, str]:
    """Each dashboard's JSON by its title: the same text for the same subject.

    What only Terraform knows stands in it as ``subject.LOAD_BALANCER`` and ``subject.DISTRIBUTION``.
    """
    from tagship.dashboards import overview  # noqa: PLC0415 - Grafana's builder takes a third of a second to import

    return {subject.title: overview.overview(subject)}
