"""A sign-in provider on loopback: a real HTTP server that keeps the standards, or breaks them.

provider.account |= {"email": …}      who signs in there
provider.change_claims = lambda c: c | {"nonce": "another"}
provider.answers["/token"] = (500, b"")   an answer instead of the right one
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

CLIENT_ID = "advisory-tests"
CLIENT_SECRET = "only between the tests and their provider"  # noqa: S105
LONGEST_ASSERTION = 60
Claims = dict[str, Any]
Answer = tuple[int, dict[str, Any]] | tuple[int, bytes]


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """One key per name for the whole run: they take a while to make. `short` is too short."""
    bits = 1024 if name == "short" else 2048
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem(name: str) -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key(name).private_bytes(*form).decode()


def jwk(name: str, **more: Any) -> Claims:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True)
    return {**public, "kid": name, "use": "sig", "alg": "RS256"} | more


@dataclass
class Provider:
    issuer: str = ""
    authentication: str = "client_secret_basic"
    demands_push: bool = False
    names_itself: bool = True
    signing_key: str = "first"
    published_keys: list[Claims] = field(default_factory=list)
    account: Claims = field(default_factory=dict)
    change_claims: Callable[[Claims], Claims] = lambda claims: claims
    change_discovery: Callable[[Claims], Claims] = lambda document: document
    change_answer: Callable[[dict[str, str]], dict[str, str]] = lambda said: said
    make_token: Callable[[Claims], str] | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    assertions: list[Claims] = field(default_factory=list)
    pushed: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> Claims:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/end",
            "pushed_authorization_request_endpoint": f"{self.issuer}/par",
            "require_pushed_authorization_requests": self.demands_push,
            "authorization_response_iss_parameter_supported": self.names_itself,
            "token_endpoint_auth_methods_supported": [self.authentication],
            "code_challenge_methods_supported": ["S256"],
        }
        return self.change_discovery(document)

    def answer(self, path: str, form: dict[str, str], basic: str) -> Answer:
        self.seen.append((path, form))
        if path in self.answers:
            given = self.answers[path]
            return given() if callable(given) else given
        if path == "/.well-known/openid-configuration":
            return 200, self.discovery()
        if path == "/jwks":
            return 200, {"keys": self.published_keys or [jwk(self.signing_key)]}
        if path == "/par":
            return self._push(form, basic)
        return self._token(form, basic) if path == "/token" else (404, {})

    def _knows(self, form: dict[str, str], basic: str) -> bool:
        """Whether the client has proved itself in the one way this provider takes."""
        if self.authentication == "client_secret_basic":
            expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            return basic == f"Basic {expected}"
        if self.authentication == "client_secret_post":
            return form.get("client_secret") == CLIENT_SECRET
        assertion = jwt.decode(
            form["client_assertion"], key("client").public_key(), algorithms=["RS256"],
            audience=self.issuer, issuer=CLIENT_ID, options={"require": ["jti", "exp", "iat", "nbf"]},
        )  # fmt: skip
        used = {one["jti"] for one in self.assertions}
        self.assertions.append(assertion)
        lives = assertion["exp"] - time.time()
        return lives <= LONGEST_ASSERTION and assertion["jti"] not in used

    def _push(self, form: dict[str, str], basic: str) -> Answer:
        if not self._knows(form, basic):
            return 401, {"error": "invalid_client"}
        name = f"urn:ietf:params:oauth:request_uri:{uuid4()}"
        self.pushed[name] = form
        return 201, {"request_uri": name, "expires_in": 60}

    def authorize(self, query: dict[str, str]) -> tuple[int, str]:
        """The account's owner proves who they are at once, and is sent back."""
        self.seen.append(("/authorize", query))
        wanted = query
        if "request_uri" in query:
            wanted = self.pushed.pop(query["request_uri"])
        elif self.demands_push:
            return 400, ""
        code = uuid4().hex
        self.codes[code] = wanted
        said = {"code": code, "state": wanted["state"]}
        if self.names_itself:
            said["iss"] = self.issuer
        return 302, f"{wanted['redirect_uri']}?{urlencode(self.change_answer(said))}"

    def _token(self, form: dict[str, str], basic: str) -> Answer:
        if not self._knows(form, basic):
            return 401, {"error": "invalid_client"}
        wanted = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if wanted is None or challenge != wanted["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != wanted["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        claims = self.change_claims(self._claims(wanted))
        token = self.make_token(claims) if self.make_token else signed(claims, self.signing_key)
        return 200, {
            "id_token": token, "access_token": "never used", "refresh_token": "never kept",
            "token_type": "Bearer",
        }  # fmt: skip

    def _claims(self, wanted: dict[str, str]) -> Claims:
        now = int(time.time())
        return {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": wanted["nonce"], "auth_time": now if wanted.get("prompt") else now - 3600,
            **self.account,
        }  # fmt: skip

    def paths(self) -> list[str]:
        return [path for path, _form in self.seen]


def signed(claims: Claims, name: str = "first", algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(claims, key(name), algorithm=algorithm, headers={"kid": name} | header)


def way_on(answer: Any) -> str:
    """The address that the page in between leads on to."""
    return unescape(answer.content.decode().split('content="0; url=')[1].split('"')[0])


def visit(address: str) -> str:
    """What a browser does with an address of the provider: it goes there, and is sent back."""
    answer = requests.get(address, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:  # noqa: N802 the server's own name
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                status, address = provider.authorize(query)
                self.send_response(status)
                self.send_header("Location", address)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._send(provider.answer(parts.path, query, ""))

        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            basic = self.headers.get("Authorization", "")
            self._send(provider.answer(urlsplit(self.path).path, form, basic))

        def _send(self, answer: Answer) -> None:
            status, content = answer[0], answer[1]
            headers = answer[2] if len(answer) > 2 else {}
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return  # whoever asked has hung up: they had seen enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
