"""What a Dockerfile says is seen, and what it does not say is not made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.manifest.dockerfile import DockerfileFacts, read_dockerfile


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("FROM x\nEXPOSE 8080\n", 8080),
        ("FROM x\nexpose 8080/tcp 9090\n", 8080),
        ("FROM x\nENV PORT=3000\nEXPOSE $PORT\n", 3000),
        ("FROM x\nARG PORT=3000\nEXPOSE ${PORT}\n", 3000),
        ("FROM x\nEXPOSE ${PORT:-4000}\n", 4000),
        ("FROM x\nEXPOSE $PORT\n", None),
        ("FROM x\nEXPOSE 53/udp\n", None),
        ("FROM x\nEXPOSE 99999\n", None),
        ("FROM x AS build\nEXPOSE 1111\nFROM y\nEXPOSE 2222\n", 2222),
        ("FROM x AS build\nEXPOSE 1111\nFROM y\n", None),
        ("FROM x\n# EXPOSE 1111\n", None),
        ('FROM x\nCMD ["uvicorn", "app:app", "--port", "5001"]\n', 5001),
        ("FROM x\nCMD gunicorn --bind 0.0.0.0:5002 app:app\n", 5002),
        ('FROM x\nCMD ["gunicorn", \\\n  "-b", ":5003", "app"]\n', 5003),
        ("FROM x\nCMD python manage.py runserver 0.0.0.0:5004\n", 5004),
        ("FROM x\nEXPOSE 80\nCMD uvicorn app --port 81\n", 80),
        ("", None),
    ],
)
def test_the_port_is_the_one_that_the_last_stage_names(text: str, port: int | None) -> None:
    assert read_dockerfile(text).port == port


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("HEALTHCHECK CMD curl -f http://localhost:8000/up || exit 1", "/up"),
        ('HEALTHCHECK --interval=5s CMD ["curl", "-f", "http://127.0.0.1/healthz"]', "/healthz"),
        ("HEALTHCHECK CMD python -c \"import urllib.request as u; u.urlopen('http://localhost:8000/ok')\"", "/ok"),
        ("HEALTHCHECK CMD curl http://localhost:$PORT/ping", "/ping"),
        ("HEALTHCHECK CMD pg_isready", None),
        ("HEALTHCHECK NONE", None),
    ],
)
def test_the_health_path_is_the_one_that_its_check_asks(line: str, path: str | None) -> None:
    assert read_dockerfile(f"FROM x\n{line}\n").health_path == path


@given(text=st.text())
def test_no_text_makes_it_crash(text: str) -> None:
    assert isinstance(read_dockerfile(text), DockerfileFacts)
