from pathlib import Path

from tagship.infra.environment import Access, process_environment

AMAZON = Access("eu-central-1")
EMBEDDED = Access("eu-central-1", "http://127.0.0.1:4566", {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})


def env(access: Access, cli: Path | None = None, cache: Path | None = None, **environ: str) -> dict[str, str | None]:
    return process_environment(environ, access, cli_configuration=cli, plugin_cache=cache)


def test_for_amazon_the_users_credentials_and_profile_stay_as_they_are() -> None:
    found = env(AMAZON, AWS_PROFILE="work", AWS_ENDPOINT_URL_S3="https://example.test")

    assert {name for name in found if name.startswith("AWS_")} == {"AWS_REGION"}


def test_for_another_endpoint_every_service_goes_there_with_these_credentials() -> None:
    found = env(EMBEDDED, AWS_PROFILE="work", AWS_SESSION_TOKEN="x", AWS_ENDPOINT_URL_S3="https://example.test")

    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert found["AWS_ACCESS_KEY_ID"] == "a"
    assert [found[name] for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3")] == [None] * 3


def test_what_a_user_set_for_runs_of_their_own_does_not_lead_ours_astray() -> None:
    found = env(AMAZON, TF_WORKSPACE="x", TF_DATA_DIR="y", TF_CLI_ARGS_plan="-destroy", TF_VAR_manifest="{}")

    assert [found[name] for name in ("TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS_plan", "TF_VAR_manifest")] == [
        None
    ] * 4


def test_a_configuration_file_is_named_only_where_there_is_one() -> None:
    assert env(AMAZON, TF_CLI_CONFIG_FILE="/gone")["TF_CLI_CONFIG_FILE"] is None
    assert env(AMAZON, cli=Path("/x/cli.tfrc"))["TF_CLI_CONFIG_FILE"] == "/x/cli.tfrc"


def test_the_plugin_cache_is_named_only_where_it_is_ours() -> None:
    assert "TF_PLUGIN_CACHE_DIR" not in env(AMAZON)
    assert env(AMAZON, cache=Path("/c"))["TF_PLUGIN_CACHE_DIR"] == "/c"
