from pathlib import Path

from tagship.infra.lifting import FILE, override, prevented
from tagship.infra.workspace import Content, Workspace

PROTECTED = """\
resource "aws_cognito_user_pool" "this" {
  name = "a"

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [schema]
  }
}

resource "aws_cognito_user_pool_domain" "this" {
  domain = "prevent_destroy = true"
}

resource "aws_s3_bucket" "logs" {
  lifecycle {
    # prevent_destroy = true
    prevent_destroy = false
  }
}
"""


def test_only_what_says_prevent_destroy_is_found() -> None:
    assert prevented(PROTECTED) == [("aws_cognito_user_pool", "this")]


def test_an_override_lifts_it_and_nothing_else() -> None:
    assert override([("aws_cognito_user_pool", "this")]) == (
        'resource "aws_cognito_user_pool" "this" {\n  lifecycle {\n    prevent_destroy = false\n  }\n}\n'
    )


def test_a_lifted_module_has_an_override_until_the_folder_is_written_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    content = Content({}, {}, own_endpoint=False)
    workspace.write(content)
    (tmp_path / "modules/cluster/main.tf").write_text(PROTECTED)

    workspace.lift()

    assert [path.parent.name for path in tmp_path.glob(f"modules/*/{FILE}") if path.parent.name == "cluster"] == [
        "cluster"
    ]
    workspace.write(content)
    assert list(tmp_path.glob(f"modules/*/{FILE}")) == []
