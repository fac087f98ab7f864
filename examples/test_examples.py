"""Runs every example against the real `lockwork` binary and shows what its callers get.

`python -m pytest examples/test_examples.py`, in an environment made from `requirements-test.txt`. The binary is
`$LOCKWORK_BIN`, by default `target/debug/lockwork`. The network is used for installing the examples' packages only.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from people import Browser
from tokens import ConfigServer, SigningKey, forgeries, read

EXAMPLES = Path(__file__).resolve().parent
ROOT = EXAMPLES.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
LOCKWORK = Path(os.environ.get("LOCKWORK_BIN", TARGET / "debug" / "lockwork")).resolve()
CACHE = ROOT / ".cache" / "examples"
START_TIMEOUT_SECONDS = 60
ACTION = "acme.widgets.create"


class Process:
    """A server of this test, in a process group of its own, with its output in a file."""

    def __init__(self, name, command, directory, environment, log):
        self.name, self.log = name, log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                cwd=directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until(self, is_ready):
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not is_ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}\n{self.tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} is not ready after {START_TIMEOUT_SECONDS} s\n{self.tail()}")
            time.sleep(0.05)

    def stop(self):
        """Ends the whole group, kindly first. Stopping twice is fine."""
        for sent in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                return
            os.killpg(self.process.pid, sent)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)

    def tail(self):
        lines = self.log.read_text(errors="replace").splitlines()[-60:]
        return "\n".join([f"--- {self.name}, {self.log}:", *lines])


class KeyServer:
    """A fresh `lockwork serve --tls-dev --dev` with one project, its mail kept where a test can read it."""

    def __init__(self, directory):
        if not LOCKWORK.is_file():
            raise RuntimeError(f"no {LOCKWORK}: run `cargo build -p lockwork-server`, or set LOCKWORK_BIN")
        data = directory / "data"
        self.project = json.loads(run([LOCKWORK, "init", "--data-dir", data, "--json"], directory))
        port = free_port()
        self.url = f"https://localhost:{port}"
        self.ca_file = data / "tls" / "ca.pem"
        self.client = None
        command = [LOCKWORK, "serve", "--data-dir", data, "--listen", f"127.0.0.1:{port}", "--tls-dev", "--dev"]
        self.process = Process("lockwork", command, directory, os.environ, directory / "lockwork.log")

    def wait_until_ready(self):
        self.process.wait_until(self.is_ready)

    def is_ready(self):
        if self.client is None:
            # The file may exist before it is whole.
            with contextlib.suppress(OSError, ssl.SSLError):
                self.client = httpx.Client(
                    base_url=self.url,
                    verify=ssl.create_default_context(cafile=self.ca_file),
                    headers={"Authorization": f"Bearer {self.project['backendApiKey']}"},
                    trust_env=False,
                )
        with contextlib.suppress(httpx.TransportError):
            return self.client is not None and self.client.get("/readyz").status_code == 200
        return False

    def call(self, method, path, body=None):
        response = self.client.request(method, f"/v1/{path}", json=body)
        assert response.status_code == 200, f"{method} /v1/{path}: {response.status_code} {response.text}"
        return response.json()

    def stop(self):
        if self.client is not None:
            self.client.close()
        self.process.stop()


class Acme:
    """An organization with a role that may create widgets, and keys and people with and without it."""

    def __init__(self, server):
        self.server = server
        actions = [{"name": ACTION, "description": "Create widgets"}]
        server.call("PUT", "rbac-policy", {"rbacPolicy": {"actions": actions}})
        server.call("PATCH", "project", {"logInWithEmail": True})
        wanted = {"displayName": "Acme", "logInWithEmail": True}
        organization = server.call("POST", "organizations", wanted)["organization"]
        self.organization_id = organization["id"]
        server.call("PATCH", f"organizations/{self.organization_id}", {"apiKeysEnabled": True})
        role = server.call("POST", "roles", {"displayName": "Maker", "actions": [ACTION]})["role"]
        self.role_id = role["id"]
        self.reader = self.create("reader")
        self.maker = self.create("maker", may_create_widgets=True)

    def create(self, display_name, may_create_widgets=False):
        wanted = {"organizationId": self.organization_id, "displayName": display_name}
        key = self.server.call("POST", "api-keys", {"apiKey": wanted})["apiKey"]
        if may_create_widgets:
            assignment = {"apiKeyId": key["id"], "roleId": self.role_id}
            self.server.call("POST", "api-key-role-assignments", {"apiKeyRoleAssignment": assignment})
        return key

    def invite(self, email, may_create_widgets=False):
        """A user of the organization, who can sign in from now on."""
        user = self.server.call("POST", "users", {"organizationId": self.organization_id, "email": email})["user"]
        if may_create_widgets:
            self.server.call("POST", "user-role-assignments", {"userId": user["id"], "roleId": self.role_id})
        return user

    def revoke(self, key):
        self.server.call("POST", f"api-keys/{key['id']}/revoke")


class Example:
    """A running example app, its key server and organization."""

    def __init__(self, name, server, acme, process, port):
        self.name, self.server, self.acme, self.process = name, server, acme, process
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)

    def whoami(self, token):
        return self.client.get("/whoami", headers=bearer(token))

    def list_widgets(self, token=None):
        return self.client.get("/widgets", headers=bearer(token))

    def create_widget(self, token=None):
        return self.client.post("/widgets", headers=bearer(token), json={"name": "sprocket"})


def bearer(token):
    """The header of an access token, or of a key."""
    token = token["secretToken"] if isinstance(token, dict) else token
    return {"Authorization": f"Bearer {token}"} if token else {}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def run(command, directory):
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(part) for part in command], cwd=directory, capture_output=True, text=True)
    if done.returncode != 0:
        shown = " ".join(str(part) for part in command)
        raise RuntimeError(f"{shown} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def python_at_least(wanted):
    """The path of a Python of at least this (major, minor) version: this one, else one of the machine's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    names = [f"python3.{minor}" for minor in range(wanted[1], wanted[1] + 5)] + ["python3"]
    found = [sys.executable, *filter(None, map(shutil.which, names)), *sorted(pyenv.glob("versions/3.*/bin/python3"))]
    ask = "import sys; print(*sys.version_info[:2])"
    for python in found:
        asked = subprocess.run([python, "-c", ask], capture_output=True, text=True)
        if asked.returncode == 0 and tuple(map(int, asked.stdout.split())) >= wanted:
            return python
    pytest.skip(f"the published package needs Python {wanted[0]}.{wanted[1]}, which this machine does not have")


def environment_bin(name, python):
    """The `bin` of the example's own environment, made at the first use and again when its requirements change."""
    requirements = EXAMPLES / name / "requirements.txt"
    version = run([python, "--version"], EXAMPLES)
    digest = hashlib.sha256(requirements.read_bytes() + version.encode()).hexdigest()[:16]
    home = CACHE / f"{name}-{digest}"
    whole = home / "whole"
    if not whole.exists():
        shutil.rmtree(home, ignore_errors=True)
        run([python, "-m", "venv", home], EXAMPLES)
        run([home / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", requirements], EXAMPLES)
        whole.touch()
    return home / "bin"


def flask_command(port):
    return [environment_bin("flask", python_at_least((3, 9))) / "flask", "run", "--port", port]


def fastapi_command(port):
    return [environment_bin("fastapi", python_at_least((3, 13))) / "uvicorn", "app:app", "--port", port]


def axum_command(_port):
    run(["cargo", "build", "--quiet", "-p", "lockwork-example-axum"], ROOT)
    return [TARGET / "debug" / "lockwork-example-axum"]


COMMANDS = {"flask": flask_command, "fastapi": fastapi_command, "axum": axum_command}


def start(name, server, url, directory):
    """Starts an example that asks the key server at `url`: its process and port."""
    port = free_port()
    environment = {
        **os.environ,
        "LISTEN": f"127.0.0.1:{port}",
        "LOCKWORK_URL": url,
        "LOCKWORK_BACKEND_API_KEY": server.project["backendApiKey"],
        "LOCKWORK_PUBLISHABLE_KEY": server.project["publishableKey"],
        "LOCKWORK_CA_FILE": str(server.ca_file),
        "SSL_CERT_FILE": str(server.ca_file),
        "NO_PROXY": "localhost,127.0.0.1",
    }
    process = Process(name, COMMANDS[name](port), EXAMPLES / name, environment, directory / f"{name}-{port}.log")
    try:
        process.wait_until(lambda: is_listening(port))
    except BaseException:
        process.stop()
        raise
    return process, port


@pytest.fixture(scope="module", params=COMMANDS)
def example(request, tmp_path_factory):
    name = request.param
    directory = tmp_path_factory.mktemp(name)
    with contextlib.ExitStack() as stack:
        server = KeyServer(directory)
        stack.callback(server.stop)
        server.wait_until_ready()
        acme = Acme(server)
        process, port = start(name, server, server.url, directory)
        stack.callback(process.stop)
        example = Example(name, server, acme, process, port)
        stack.callback(example.client.close)
        yield example


@pytest.fixture(scope="module")
def person(example):
    """A browser whose user is signed in, and the access token."""
    example.acme.invite("ada@acme.test", may_create_widgets=True)
    browser = Browser(example.server)
    return browser, browser.sign_in("ada@acme.test", example.acme.organization_id)


@pytest.fixture(autouse=True)
def logs(example):
    """Pytest shows what a fixture prints at its end for failed tests only."""
    yield
    print(example.server.process.tail())
    print(example.process.tail())


def test_a_request_without_a_key_gets_401(example):
    assert example.list_widgets().status_code == 401
    assert example.create_widget().status_code == 401


def test_a_key_that_nobody_issued_gets_401(example):
    unknown = {"secretToken": example.acme.reader["secretToken"][:-4] + "0000"}
    assert example.list_widgets(unknown).status_code == 401
    assert example.list_widgets({"secretToken": "nonsense"}).status_code == 401


def test_a_good_key_is_let_in(example):
    response = example.list_widgets(example.acme.reader)
    assert response.status_code == 200, response.text
    assert "widgets" in response.json()


def test_a_key_without_the_permission_gets_403(example):
    assert example.create_widget(example.acme.reader).status_code == 403


def test_a_key_with_the_permission_may_create_a_widget(example):
    response = example.create_widget(example.acme.maker)
    assert response.status_code == 201, response.text
    assert {"name": "sprocket"} in example.list_widgets(example.acme.reader).json()["widgets"]


def test_a_revoked_key_gets_401_at_once(example):
    key = example.acme.create("short-lived", may_create_widgets=True)
    assert example.create_widget(key).status_code == 201
    example.acme.revoke(key)
    assert example.list_widgets(key).status_code == 401
    assert example.create_widget(key).status_code == 401


def test_a_signed_in_user_is_let_in_and_told_apart_from_a_key(example, person):
    browser, token = person
    user = example.whoami(token).json()
    assert (user["kind"], user["organizationId"]) == ("access_token", example.acme.organization_id)
    assert user["email"] == "ada@acme.test" and user["userId"].startswith("user_")
    key = example.whoami(example.acme.reader).json()
    assert key == {"kind": "api_key", "organizationId": example.acme.organization_id}
    by_cookie = {"Cookie": f"tesseral_{browser.project_id}_access_token={token}"}
    assert example.client.get("/whoami", headers=by_cookie).json() == user


def test_a_signed_in_user_may_do_what_their_roles_permit(example, person):
    assert example.create_widget(person[1]).status_code == 201
    assert example.list_widgets(person[1]).json() == example.list_widgets(example.acme.reader).json()
    example.acme.invite("bob@acme.test")
    bob = Browser(example.server).sign_in("bob@acme.test", example.acme.organization_id)
    assert example.list_widgets(bob).status_code == 200
    assert example.create_widget(bob).status_code == 403


def test_a_forged_access_token_gets_401(example, person):
    browser, token = person
    configuration = example.server.client.get(f"/v1/config/{example.server.project['publishableKey']}").json()
    for wrong, forged in forgeries(token, configuration).items():
        assert example.whoami(forged).status_code == 401, wrong
        assert example.create_widget(forged).status_code == 401, wrong


def test_an_access_token_is_taken_neither_after_its_end_nor_before_its_beginning(example, person, tmp_path):
    server, claims = example.server, read(person[1])[1]
    configuration = server.client.get(f"/v1/config/{server.project['publishableKey']}").json()
    signing_key = SigningKey("session_signing_key_0000000000000000000000001")
    now = int(time.time())

    def token(begins_in, ends_in):
        times = {"iat": now + begins_in, "nbf": now + begins_in, "exp": now + ends_in}
        return signing_key.token({**claims, **times})

    with contextlib.ExitStack() as stack:
        config_server = ConfigServer(server, configuration, signing_key)
        stack.callback(config_server.stop)
        process, port = start(example.name, server, config_server.url, tmp_path)
        stack.callback(process.stop)
        clockwork = Example(example.name, server, example.acme, process, port)
        stack.callback(clockwork.client.close)
        assert clockwork.whoami(token(-10, 290)).status_code == 200, process.tail()
        assert clockwork.whoami(token(-310, -10)).status_code == 401
        assert clockwork.whoami(token(3600, 3900)).status_code == 401


def test_a_refreshed_token_is_let_in_and_logging_out_ends_refreshing(example, person):
    browser, token = person
    refreshed = browser.refresh()
    assert refreshed.status_code == 200, refreshed.text
    assert example.whoami(refreshed.json()["accessToken"]).json() == example.whoami(token).json()
    kept = dict(browser.cookies)
    browser.log_out()
    assert not browser.cookies
    browser.cookies = kept
    assert browser.refresh().status_code == 401


def test_while_the_key_server_is_away_users_come_in_and_keys_do_not(example, person):
    """Last, because it stops the key server. The published Python packages answer 500 here, our client 503."""
    example.server.process.stop()
    assert example.whoami(person[1]).status_code == 200
    expected = 503 if example.name == "axum" else 500
    assert example.list_widgets(example.acme.reader).status_code == expected
