"""The boot script of the VPN host, run with stand-ins for what only that host has, and with the real OpenVPN."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tagship.base.clock import SystemClock
from tagship.infra.workspace import SOURCES
from tests.contract.conftest import free_port
from tests.contract.infra.conftest import PlainTerraform
from tests.contract.infra.vpn_keys import Authority
from tests.shellcheck import complaints
from tests.unit.infra.hcl import rendered

pytestmark = pytest.mark.terraform

MODULE = SOURCES / "modules" / "vpn"
GIVEN = {
    "names": dict.fromkeys(("instance", "role", "profile", "security_group", "secret"), "notes-vpn"),
    "vpc_id": "vpc-1",
    "subnet_id": "subnet-1",
    "private_cidr": "10.20.0.0/16",
    "clients_cidr": "10.213.77.0/24",
    "database": {"security_group_id": "sg-1", "port": 5432},
    "region": "eu-central-1",
}
STAND_INS = {
    "dnf": '[ ! -e "$NO_PACKAGES" ]',
    "sleep": "exit 0",
    "dd": "exit 0",
    "mkswap": "exit 0",
    "swapon": 'echo "swapon $*" >>"$CALLS"',
    "sysctl": "exit 0",
    "systemctl": 'echo "$*" >>"$CALLS"; [ "$*" != "-q is-active openvpn-server@vpn" ] || [ -e "$ACTIVE" ]',
    "aws": 'echo "$*" >>"$CALLS"; cat "$SECRET"',
}


@dataclass(frozen=True)
class Host:
    """A folder that stands for the host's disk."""

    root: Path

    def path(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def run(self, script: str) -> "subprocess.CompletedProcess[str]":
        """Run a script of the host's, with its places below this folder."""
        env = {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(self.root / "calls"),
            "ACTIVE": str(self.root / "active"),
            "SECRET": str(self.root / "secret"),
            "NO_PACKAGES": str(self.root / "no-packages"),
        }
        return subprocess.run(["bash", "-c", self.moved(script)], capture_output=True, text=True, check=False, env=env)

    def moved(self, text: str) -> str:
        return re.sub(
            r"(?<![\w.])/(etc|usr/local/sbin|var/lib/vpn|var/swap|var/log|dev/console|run/openvpn-server)\b",
            rf"{self.root}/\1",
            text,
        )

    def fetch(self) -> "subprocess.CompletedProcess[str]":
        """What the timer does every five minutes."""
        return self.run(self.path("/usr/local/sbin/vpn-keys").read_text())

    def give(self, **secret: object) -> None:
        (self.root / "secret").write_text(json.dumps(secret))

    def calls(self) -> list[str]:
        """What was asked of the system since the last look."""
        found = (self.root / "calls").read_text().splitlines()
        (self.root / "calls").write_text("")
        return [call for call in found if "is-active" not in call and "get-secret-value" not in call]


@pytest.fixture(scope="module")
def boot(terraform: PlainTerraform, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The boot script as Terraform renders it, without a provider: only the module's variables and locals."""
    folder = tmp_path_factory.mktemp("boot")
    text = (MODULE / "main.tf").read_text()
    found = re.search(r"^locals \{\n.*?^\}\n", text, re.MULTILINE | re.DOTALL)
    assert found
    (folder / "main.tf").write_text(found[0].replace("aws_secretsmanager_secret.this.arn", '"arn:secret"'))
    shutil.copy(MODULE / "variables.tf", folder)
    shutil.copytree(MODULE / "host", folder / "host")
    (folder / "given.auto.tfvars.json").write_text(json.dumps(GIVEN))
    (folder / "out.tf").write_text('output "boot" {\n  value = local.boot\n}\n')
    for words in (("init",), ("apply", "-auto-approve")):
        done = terraform.run(folder, *words, "-input=false", "-no-color")
        assert done.returncode == 0, done.stdout + done.stderr
    rendered: str = json.loads(terraform.run(folder, "output", "-json", "boot").stdout)
    return rendered


@pytest.fixture
def host(boot: str) -> Iterator[Host]:
    """A host that has booted, on a disk that everybody may look into, as OpenVPN does as nobody."""
    for name in ("bash", "jq", "openssl"):
        if not shutil.which(name):
            pytest.skip(f"There is no `{name}` here.")
    with tempfile.TemporaryDirectory() as folder:
        host = Host(Path(folder))
        host.root.chmod(0o755)
        for needed in (
            "bin",
            "etc/sysctl.d",
            "etc/sysconfig",
            "etc/openvpn/server",
            "etc/systemd/system",
            "var/log",
            "dev",
        ):
            host.path(needed).mkdir(parents=True)
        host.path("usr/local/sbin").mkdir(parents=True)
        for name, does in STAND_INS.items():
            host.path(f"bin/{name}").write_text(f"#!/bin/bash\n{does}\n")
            host.path(f"bin/{name}").chmod(0o755)
        done = host.run(boot)
        assert done.returncode == 0, done.stderr
        swap, *rest = host.calls()
        assert swap == f"swapon {host.path('/var/swap')}"  # before anything is installed
        assert rest == ["-q enable --now nftables", "daemon-reload", "-q enable --now vpn-keys.timer"]
        yield host


def test_terraform_renders_the_templates_as_the_unit_tests_do(boot: str) -> None:
    keys = (MODULE / "host/vpn-keys.sh.tftpl").read_text()
    firewall = (MODULE / "host/nftables.conf.tftpl").read_text()
    private = {"private_cidr": "10.20.0.0/16", "clients_cidr": "10.213.77.0/24"}

    assert rendered(keys, {"region": "eu-central-1", "secret": "arn:secret"}) in boot
    assert rendered(firewall, {**private, "database_port": "5432", "resolver": "10.20.0.2"}) in boot


def test_a_host_whose_packages_never_come_gives_up_and_says_so_on_its_console(boot: str, host: Host) -> None:
    host.path("no-packages").touch()

    done = host.run(boot)

    assert done.returncode != 0
    assert done.stdout.count("to install packages failed") == 60
    assert "VPN: boot failed in line" in host.path("dev/console").read_text()


def test_both_scripts_are_good_shell(boot: str, host: Host, tmp_path: Path) -> None:
    for script in (boot, host.path("/usr/local/sbin/vpn-keys").read_text()):
        assert complaints(script, tmp_path) == ""


def test_the_firewall_is_one_that_nft_takes(host: Host) -> None:
    if not shutil.which("nft") or os.geteuid():
        pytest.skip("nft checks rules for root only, and is not here or we are not root.")
    rules = host.path("/etc/sysconfig/nftables.conf")
    done = subprocess.run(["nft", "-c", "-f", rules], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_without_a_value_nothing_is_begun_and_it_is_tried_again(host: Host) -> None:
    assert host.fetch().returncode != 0
    assert host.calls() == []
    unit = host.path("/etc/systemd/system/vpn-keys.service").read_text()
    assert "Restart=on-failure" in unit
    assert "StartLimitIntervalSec=0" in unit


def test_the_first_keys_start_the_server_and_the_same_again_do_nothing(host: Host) -> None:
    host.give(**Authority().secret())

    assert host.fetch().returncode == 0
    assert host.calls() == ["-q enable openvpn-server@vpn", "restart openvpn-server@vpn"]
    host.path("active").touch()
    assert host.fetch().returncode == 0
    assert host.calls() == []


def test_only_the_host_reads_keys_and_everybody_the_list_of_the_revoked(host: Host) -> None:
    host.give(**Authority().secret())
    host.fetch()

    kept = host.path("/etc/openvpn/server")
    assert {name: (kept / name).stat().st_mode & 0o777 for name in ("key.pem", "tls.pem")} == {
        "key.pem": 0o600,
        "tls.pem": 0o600,
    }
    assert host.path("/var/lib/vpn/crl.pem").stat().st_mode & 0o777 == 0o644
    assert (kept / "tls.conf").read_text() == "tls-crypt tls.pem\n"


def test_a_key_per_client_is_taken_where_there_is_one(host: Host) -> None:
    host.give(**Authority().secret(), tls_crypt_v2="a server key")
    host.fetch()

    assert host.path("/etc/openvpn/server/tls.conf").read_text() == "tls-crypt-v2 tls.pem force-cookie\n"


def test_a_broken_list_of_the_revoked_leaves_the_old_one(host: Host) -> None:
    secret = Authority().secret()
    host.give(**secret)
    host.fetch()
    host.give(**{**secret, "crl": "not a list"})

    assert host.fetch().returncode != 0
    assert host.path("/var/lib/vpn/crl.pem").read_text().strip() == str(secret["crl"]).strip()


def until(holds: Callable[[], bool], what: str) -> None:
    clock = SystemClock()
    patience = clock.monotonic() + 60
    while not holds():
        assert clock.monotonic() < patience, what
        clock.sleep(0.1)


@contextmanager
def openvpn(folder: Path, configuration: str, log: Path) -> Iterator[None]:
    (folder / "openvpn.conf").write_text(configuration)
    with log.open("w") as out:
        process = subprocess.Popen(["openvpn", "--config", "openvpn.conf"], cwd=folder, stdout=out, stderr=out)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


CLIENT = """
client
dev null
ifconfig-noexec
route-noexec
proto udp
remote 127.0.0.1 {port}
nobind
remote-cert-tls server
verify-x509-name vpn name
tls-version-min 1.2
data-ciphers AES-256-GCM
auth SHA256
verb 3
ping-restart 3
pull-filter ignore ping-restart
ca ca.pem
cert cert.pem
key key.pem
tls-crypt tls.pem
"""


def test_a_name_that_is_revoked_is_cut_off_and_does_not_come_back(host: Host, tmp_path: Path) -> None:
    if not shutil.which("openvpn") or os.geteuid() or not Path("/dev/net/tun").exists():
        pytest.skip("OpenVPN needs root and /dev/net/tun.")
    authority = Authority()
    host.give(**authority.secret())
    host.fetch()
    host.path("active").touch()
    host.path("/run/openvpn-server").mkdir(parents=True)
    port = free_port()
    settings = host.moved(host.path("/etc/openvpn/server/vpn.conf").read_text())
    # Debian's group of nobody has another name than Amazon Linux's.
    settings = settings.replace("port 1194", f"port {port}").replace("group nobody", "group nogroup")
    client = tmp_path / "client"
    client.mkdir()
    for name, content in authority.client("ann").items():
        (client / name).write_text(content)
    server_log, client_log = tmp_path / "server.log", tmp_path / "client.log"

    with openvpn(host.path("/etc/openvpn/server"), settings, server_log):
        until(lambda: "Initialization Sequence Completed" in server_log.read_text(), server_log.read_text())
        with openvpn(client, CLIENT.format(port=port), client_log):
            until(lambda: "Initialization Sequence Completed" in client_log.read_text(), "The client connects.")
            assert "10.20.0.0 255.255.0.0" in client_log.read_text()
            assert "certificate revoked" not in server_log.read_text()

            host.give(**authority.secret(revoked=["ann"]))
            done = host.fetch()
            assert done.returncode == 0, done.stderr
            until(lambda: "certificate revoked" in server_log.read_text(), "The client is refused when it comes back.")
