import botocore.session
from botocore.validate import validate_parameters

from tagship.manifest.service import ContainerCheck
from tagship.release.planning.task_definition import Image, Stamp, log_stream, render
from tests.unit.release.harness import INFRASTRUCTURE, environment_manifest

STAMP = Stamp("shop", "local", "v1.0.0", "abc", "eu-central-1")
IMAGE = Image("registry.example/shop-local/api", "sha256:1")


def test_a_rendered_definition_is_what_ecs_accepts() -> None:
    definition = render(environment_manifest().services["api"], INFRASTRUCTURE.services["api"], IMAGE, STAMP)
    operation = botocore.session.get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")
    assert operation.input_shape is not None
    validate_parameters(dict(definition), operation.input_shape)


def test_a_services_own_setting_wins_over_what_every_container_is_told() -> None:
    service = environment_manifest().services["api"].model_copy(update={"environment": {"TAGSHIP_VERSION": "mine"}})
    definition = render(service, INFRASTRUCTURE.services["api"], IMAGE, STAMP)
    variables = {entry["name"]: entry["value"] for entry in definition["containerDefinitions"][0]["environment"]}
    assert variables["TAGSHIP_VERSION"] == "mine"
    assert variables["TAGSHIP_COMMIT"] == "abc"


def test_what_the_manifest_has_instead_of_the_images_own_is_in_the_container() -> None:
    check = ContainerCheck(shell="curl -f localhost", start_period=10)
    changes = {"command": ("serve",), "entrypoint": ("/init",), "user": "1000", "open_files": 4096}
    service = environment_manifest().services["api"].model_copy(update={**changes, "container_check": check})
    (found,) = render(service, INFRASTRUCTURE.services["api"], IMAGE, STAMP)["containerDefinitions"]
    assert (found["entryPoint"], found["command"], found["user"]) == (["/init"], ["serve"], "1000")
    assert found["ulimits"] == [{"name": "nofile", "softLimit": 4096, "hardLimit": 4096}]
    times = {"interval": 30, "timeout": 5, "retries": 3, "startPeriod": 10}
    assert found["healthCheck"] == {"command": ["CMD-SHELL", "curl -f localhost"], **times}


def test_what_it_leaves_out_is_no_part_of_the_content() -> None:
    (found,) = render(environment_manifest().services["api"], INFRASTRUCTURE.services["api"], IMAGE, STAMP)[
        "containerDefinitions"
    ]
    assert not {"entryPoint", "command", "user", "ulimits", "healthCheck"} & found.keys()


def test_the_log_stream_is_named_as_awslogs_names_it() -> None:
    definition = render(environment_manifest().services["api"], INFRASTRUCTURE.services["api"], IMAGE, STAMP)
    options = definition["containerDefinitions"][0]["logConfiguration"]["options"]
    assert log_stream("api", "17").startswith(f"{options['awslogs-stream-prefix']}/")
