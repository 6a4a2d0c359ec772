"""Writes which arguments provider 6.x has, of the resources that the modules use: ``tests/unit/infra/provider-6.json``.

Source: the bindings that HashiCorp's CDK for Terraform generated from the provider's own schema. Get them with
``pip download --no-deps cdktf-cdktf-provider-aws``, and give the wheel:

    python scripts/provider-schema.py cdktf_cdktf_provider_aws-VERSION-py3-none-any.whl
"""

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "src/tagship/infra/terraform"
WRITTEN = ROOT / "tests/unit/infra/provider-6.json"
PACKAGE = "cdktf_cdktf_provider_aws"
USED = re.compile(r'^(resource|data|ephemeral) "(aws_\w+)"', re.MULTILINE)

Structs = dict[str, dict[str, str]]
"""By class: each argument, and the annotation of its type."""


def main(wheel: str) -> None:
    """Write the file."""
    used = {found for path in MODULES.rglob("*.tf") for found in USED.findall(path.read_text(encoding="utf-8"))}
    with ZipFile(wheel) as archive:
        version = ""
        arguments: dict[str, dict[str, Any]] = {"resource": {}, "data": {}}
        for kind, name in sorted(used):
            if kind == "ephemeral":
                continue  # CDK for Terraform has none.
            text = _module(archive, kind, name)
            version = re.findall(r"hashicorp/aws/([0-9.]+)/docs", text)[0]
            arguments[kind][name] = _arguments(text)
    document = {"provider": version, "bindings": Path(wheel).name, **arguments}
    WRITTEN.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _module(archive: ZipFile, kind: str, name: str) -> str:
    folder = f"data_{name}" if kind == "data" else name.removeprefix("aws_")
    return archive.read(f"{PACKAGE}/{folder}/__init__.py").decode()


def _arguments(text: str) -> dict[str, Any]:
    structs, top = _structs(text)
    return _tree(top, structs)


def _structs(text: str) -> tuple[Structs, str]:
    """Every struct of a resource's module, and the name of the one that holds them all."""
    found: Structs = {}
    top = ""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and "name_mapping" in _text(node.decorator_list):
            init = next(each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__")
            found[node.name] = {arg.arg: ast.unparse(arg.annotation) for arg in init.args.kwonlyargs if arg.annotation}
            top = node.name if node.bases and "TerraformMetaArguments" in _text(node.bases) else top
    return found, top


def _text(expressions: list[ast.expr]) -> str:
    return " ".join(ast.unparse(each) for each in expressions)


def _tree(name: str, structs: Structs, above: tuple[str, ...] = ()) -> dict[str, Any]:
    """Arguments by name: an empty mapping, or those of the block. A block within its own kind is left out."""
    tree: dict[str, Any] = {}
    for argument, annotation in structs[name].items():
        nested = [each for each in re.findall(r"\w+", annotation) if each in structs and each not in above]
        tree[argument.rstrip("_")] = _tree(nested[0], structs, (*above, name)) if nested else {}
    return tree


if __name__ == "__main__":
    main(sys.argv[1])
