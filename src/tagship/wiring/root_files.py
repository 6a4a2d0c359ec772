"""The files that Terraform's root reads beside its variables."""

from tagship.dashboards.build import build as dashboards
from tagship.dashboards.subject import Subject
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.system_names import SystemNames
from tagship.notify.package import package


def root_files(manifest: EnvironmentManifest, names: SystemNames) -> dict[str, bytes]:
    """What Terraform's root reads beside its variables: the function's package, dashboards."""
    # Terraform wants the package to be there before it looks whether there are any alerts.
    files = {"alerts.zip": package()}
    if manifest.dashboards:
        subject = Subject(
            app=manifest.app,
            environment=manifest.environment,
            region=manifest.region,
            cluster=names.names.cluster,
            database=names.database()["cluster"] if manifest.database else None,
            serverless=bool(manifest.database and manifest.database.serverless),
            traffic=True,
            firewall=manifest.firewall is not None,
        )
        files |= {f"dashboards/{title}.json": text.encode() for title, text in dashboards(subject).items()}
    return files
