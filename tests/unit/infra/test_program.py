import json

import pytest

from tagship.base.errors import ProgramMissing
from tagship.base.fakes import ScriptedProcesses, says
from tagship.infra.program import Program, find


def answers(path: str, version: str) -> ScriptedProcesses:
    return ScriptedProcesses(says(path, stdout=version_of(version)))


def version_of(version: str) -> str:
    return json.dumps({"terraform_version": version, "platform": "linux_amd64", "provider_selections": {}})


def on_path(**programs: str) -> dict[str, str]:
    return programs


def test_terraform_is_found_with_version_and_platform() -> None:
    found = find(answers("/bin/terraform", "1.11.4"), on_path(terraform="/bin/terraform").get)

    assert found == Program("terraform", "/bin/terraform", "1.11.4", "linux_amd64")
    assert found.registry == "registry.terraform.io"


def test_without_terraform_opentofu_will_do_and_has_its_own_registry() -> None:
    found = find(answers("/bin/tofu", "1.12.0"), on_path(tofu="/bin/tofu").get)

    assert (found.name, found.registry) == ("tofu", "registry.opentofu.org")


def test_a_newer_opentofu_is_taken_before_a_terraform_that_is_too_old() -> None:
    processes = ScriptedProcesses(
        says("/bin/terraform", stdout=version_of("1.9.8")), says("/bin/tofu", stdout=version_of("1.11.0"))
    )

    assert find(processes, on_path(terraform="/bin/terraform", tofu="/bin/tofu").get).name == "tofu"


def test_neither_is_told_with_what_to_install() -> None:
    with pytest.raises(ProgramMissing, match="neither `terraform` nor `tofu` is on the PATH") as caught:
        find(ScriptedProcesses(), on_path().get)

    assert caught.value.hint
    assert caught.value.hint.startswith("Install Terraform (https://")


@pytest.mark.parametrize("version", ["1.10.5", "0.15.0", "1.9.12"])
def test_too_old_is_told_with_the_version_that_is_there(version: str) -> None:
    with pytest.raises(ProgramMissing, match=rf"1\.11 or newer; `/bin/terraform` is {version}\."):
        find(answers("/bin/terraform", version), on_path(terraform="/bin/terraform").get)


@pytest.mark.parametrize("nonsense", ["", "Terraform v1.11.4", "[]", "{}"])
def test_a_program_that_does_not_say_its_version_is_not_used(nonsense: str) -> None:
    with pytest.raises(ProgramMissing, match="does not report its version"):
        find(ScriptedProcesses(says("/bin/terraform", stdout=nonsense)), on_path(terraform="/bin/terraform").get)


def test_the_users_configuration_cannot_spoil_the_question() -> None:
    processes = answers("/bin/terraform", "1.11.4")
    find(processes, on_path(terraform="/bin/terraform").get)

    assert processes.ran[0].env == {"TF_CLI_CONFIG_FILE": None}
