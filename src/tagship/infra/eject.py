"""``tagship infra eject``: one environment as plain Terraform, that works without tagship.

It is the working folder itself, without what Terraform has made in it: the same modules, the same root,
the same variables and the same state. So the plan is the same, to the last attribute.
"""

from pathlib import Path
from typing import Final

from tagship.base.errors import Refused
from tagship.infra.versions import PROGRAM, PROVIDER, PROVIDER_BELOW, written
from tagship.infra.workspace import STATE_KEY, Content, Workspace

_README: Final = """\
# {environment}, as plain Terraform

This folder was written by `tagship infra eject`.
It needs Terraform or OpenTofu {program} or newer and the `hashicorp/aws` provider, {provider} to below {below}.
It needs nothing else: not tagship, not Python.

```
terraform -chdir=root init -backend-config=../backend.json
terraform -chdir=root plan
terraform -chdir=root apply
```

The first plan is the one that `tagship infra plan` would show: the modules, the variables and the state are the same.

| where | what |
|---|---|
| `root/` | the root; one variable, `manifest` |
| `root/terraform.tfvars.json` | its value: `tagship.yaml` as it held for `{environment}`, with every AWS name |
| `modules/` | the modules; the root is the only one that calls them |
| `backend.json` | where the state lies: `{key}` in the bucket `{bucket}`, locked natively |

## What nobody does any more

- `tagship.yaml` no longer says what is built; `root/terraform.tfvars.json` does.
  Type either `tagship infra apply` or these commands from now on, not both: each would take back what the other did.
- Nobody stops a plan that would replace the database, the user pool, the cluster, a bucket with data in it
  or a repository with images.
  Read each plan for `must be replaced` and `will be destroyed`, and keep `prevent_destroy` where it stands.
- Nobody makes or deletes the bucket `{bucket}`: it was there before Terraform, and Terraform does not know it.
- Before `terraform destroy`: set `deletion_protection` to false in `root/terraform.tfvars.json` and apply;
  take `prevent_destroy` out of `modules/`; deregister the database's scalable target
  (`aws application-autoscaling deregister-scalable-target`) and delete the instances `application-autoscaling-…`.
  Afterwards, log groups that AWS has made by itself and the revisions of task definitions are left over.
- Nobody makes the application's own database user, fills the secret of the chat's webhook,
  or issues and revokes the VPN's client certificates.
- Nobody says what it costs.

## What stays

Terraform still writes `infra/outputs.json` into the bucket, as the last thing of every apply.
So `tagship deploy`, `rollback`, `status` and all other commands of a release work as before, if you want them to.
"""


def eject(content: Content, folder: Path, *, environment: str, force: bool) -> None:
    """Write the folder.

    Args:
        content: variables and backend.
        folder: where to.
        environment: its name, for the README.
        force: whether something may lie in it already.

    Raises:
        Refused: something lies in the folder, or it is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise Refused(f"`{folder}` is a file.", hint="Name a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise Refused(
            f"Something lies in `{folder}` already.",
            hint=f"Name another folder, or write over it: tagship infra eject --env {environment} --force {folder}",
        )
    Workspace(folder).write(content)
    (folder / "README.md").write_text(
        _README.format(
            environment=environment,
            program=written(PROGRAM),
            provider=written(PROVIDER),
            below=written(PROVIDER_BELOW),
            key=STATE_KEY,
            bucket=content.backend["bucket"],
        )
    )
