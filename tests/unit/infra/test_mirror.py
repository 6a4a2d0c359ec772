from collections.abc import Callable
from pathlib import Path

import pytest

from tagship.base.errors import NotReady
from tagship.base.fakes import ManualClock
from tagship.infra.mirror import Surroundings, configuration, find_mirror, user_configuration
from tagship.infra.program import Program

TERRAFORM = Program("terraform", "/bin/terraform", "1.11.4", "linux_amd64")
TOFU = Program("tofu", "/bin/tofu", "1.11.0", "linux_amd64")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def opt(tmp_path: Path) -> Path:
    folder = tmp_path / "opt"
    folder.mkdir()
    return folder


def unpacked(mirror: Path, version: str = "5.100.0", platform: str = "linux_amd64") -> Path:
    (mirror / "registry.terraform.io/hashicorp/aws" / version / platform).mkdir(parents=True)
    return mirror


def packed(mirror: Path, version: str = "5.100.0", platform: str = "linux_amd64") -> Path:
    folder = mirror / "registry.terraform.io/hashicorp/aws"
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_{version}_{platform}.zip").touch()
    return mirror


def search(home: Path, *roots: Path, program: Program = TERRAFORM, **environ: str) -> Path | None:
    around = Surroundings({"XDG_DATA_DIRS": str(home / "no-such-folder"), **environ}, home, roots)
    return find_mirror(around, program, ManualClock())


def test_nothing_on_the_machine_leaves_it_to_the_registry(home: Path, opt: Path) -> None:
    assert search(home, opt) is None


@pytest.mark.parametrize("make", [unpacked, packed])
@pytest.mark.parametrize("below", [".", "tf-plugins", "a/b/mirror"])
def test_a_mirror_is_found_below_a_likely_root(make: Callable[[Path], Path], below: str, home: Path, opt: Path) -> None:
    mirror = make(opt / below)

    assert search(home, opt) == mirror


def test_the_search_does_not_go_deeper_than_it_says(home: Path, opt: Path) -> None:
    unpacked(opt / "a/b/c/mirror")

    assert search(home, opt) is None


def test_a_mirror_in_the_home_folder_is_found(home: Path) -> None:
    assert search(home) is None
    assert search(unpacked(home / "mirrors/terraform").parent.parent) == home / "mirrors/terraform"


def test_a_place_that_terraform_knows_goes_before_the_search(home: Path, opt: Path) -> None:
    unpacked(opt / "mirror")

    assert search(unpacked(home / ".terraform.d/plugins").parent.parent, opt) == home / ".terraform.d/plugins"


@pytest.mark.parametrize("version", ["5.99.1", "6.0.0", "4.67.0", "latest"])
def test_a_version_that_the_modules_do_not_accept_is_passed_over(version: str, home: Path, opt: Path) -> None:
    unpacked(opt / "mirror", version)

    assert search(home, opt) is None


def test_a_provider_for_another_platform_is_passed_over(home: Path, opt: Path) -> None:
    unpacked(opt / "mirror", platform="darwin_arm64")

    assert search(home, opt) is None


def test_opentofu_takes_nothing_from_terraforms_registry(home: Path, opt: Path) -> None:
    unpacked(opt / "mirror")

    assert search(home, opt, program=TOFU) is None


def test_the_setting_goes_before_everything(home: Path, opt: Path, tmp_path: Path) -> None:
    unpacked(home / ".terraform.d/plugins")
    mine = unpacked(tmp_path / "mine")

    assert search(home, opt, TAGSHIP_PROVIDER_MIRROR=str(mine)) == mine


def test_a_setting_without_a_provider_is_an_error_that_says_where_it_belongs(home: Path, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match=r"`TAGSHIP_PROVIDER_MIRROR` names `.*empty`, which has no") as caught:
        search(home, TAGSHIP_PROVIDER_MIRROR=str(tmp_path / "empty"))

    assert caught.value.hint
    assert "empty/registry.terraform.io/hashicorp/aws/VERSION/linux_amd64/" in caught.value.hint


def test_what_the_user_told_terraform_is_left_alone(home: Path, opt: Path) -> None:
    unpacked(opt / "mirror")
    (home / ".terraformrc").write_text("provider_installation {\n  direct {}\n}\n")

    assert search(home, opt) is None


def test_a_user_configuration_that_says_nothing_of_providers_does_not_end_the_search(home: Path, opt: Path) -> None:
    mirror = unpacked(opt / "mirror")
    (home / ".terraformrc").write_text("disable_checkpoint = true\n")

    assert search(home, opt) == mirror


def test_a_configuration_that_is_named_and_not_there_is_as_good_as_none(home: Path, opt: Path) -> None:
    mirror = unpacked(opt / "mirror")
    gone = str(home / "gone")

    assert user_configuration(Surroundings({"TF_CLI_CONFIG_FILE": gone}, home)) is None
    assert search(home, opt, TF_CLI_CONFIG_FILE=gone) == mirror


def test_a_search_that_takes_too_long_ends(home: Path, opt: Path) -> None:
    class SlowClock(ManualClock):
        def monotonic(self) -> float:
            self.elapsed += 1.5
            return self.elapsed

    unpacked(opt / "a/mirror")

    assert find_mirror(Surroundings({}, home, (opt,)), TERRAFORM, SlowClock()) is None


def test_a_folder_that_cannot_be_read_is_passed_over(home: Path, opt: Path) -> None:
    (opt / "a-file").touch()
    mirror = unpacked(opt / "mirror")

    assert search(home, opt / "a-file", opt / "no-such-folder", opt) == mirror


def test_the_configuration_takes_the_provider_from_the_mirror_and_nowhere_else() -> None:
    written = configuration(Path("/opt/mirror"), TERRAFORM)

    assert 'path    = "/opt/mirror"' in written
    assert written.count('["registry.terraform.io/hashicorp/aws"]') == 2
    assert "registry.opentofu.org/hashicorp/aws" in configuration(Path("/opt/mirror"), TOFU)
