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
| `root/terraform.tfvars.json` | its value: `tagship.yaml` with the values for `{environment}`, and every AWS name |
| `modules/` | the modules, which the root calls |
| `backend.json` | the state: `{key}` in the bucket `{bucket}`, with native locking |

## Your tasks from now on

- `tagship.yaml` no longer defines the infrastructure; `root/terraform.tfvars.json` does.
  From now on run either `tagship infra apply` or these commands, not both: each would revert the other's changes.
- Plans that would replace the database, the user pool, the cluster, a bucket with data or a repository with images
  are no longer refused.
  Check each plan for `must be replaced` and `will be destroyed`, and keep every `prevent_destroy`.
- The bucket `{bucket}` is neither created nor deleted: it is not in the Terraform state.
- Before `terraform destroy`: set `deletion_protection` to false in `root/terraform.tfvars.json` and apply;
  remove `prevent_destroy` from `modules/`; deregister the database's scalable target
  (`aws application-autoscaling deregister-scalable-target`) and delete the instances `application-autoscaling-…`.
  Log groups that AWS created and task-definition revisions remain afterwards.
- You create the application's database user, set the Slack webhook's secret,
  and issue and revoke the VPN's client certificates.
- Costs are no longer estimated.

## What still works

Terraform still writes `infra/outputs.json` into the bucket, at the end of every apply.
So `tagship deploy`, `rollback`, `status` and all other release commands work as before.
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
        raise Refused(f"`{folder}` is a file.", hint="Give the name of a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise Refused(
            f"`{folder}` is not empty.",
            hint=(
                f"Choose another folder, or overwrite its files: tagship infra eject --env {environment} --force "
                f"{folder}"
            ),
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
