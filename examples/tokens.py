"""Access tokens of our own making: forged ones, and ones at the wrong time."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


def encode(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def read(token):
    """Header, claims and signature."""
    header, claims, signature = token.split(".")
    return json.loads(decode(header)), json.loads(decode(claims)), decode(signature)


class SigningKey:
    """A key that the key server knows nothing of, unless a test says so."""

    def __init__(self, kid):
        self.kid = kid
        self.key = ec.generate_private_key(ec.SECP256R1())

    def jwk(self):
        numbers = self.key.public_key().public_numbers()
        x, y = (encode(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
        return {"kid": self.kid, "kty": "EC", "crv": "P-256", "x": x, "y": y}

    def token(self, claims):
        signed = f"{encode({'kid': self.kid, 'alg': 'ES256'})}.{encode(claims)}"
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def forgeries(token, configuration):
    """Tokens that say what a good one says, or more, without its key; by what is wrong with them."""
    header, claims, signature = read(token)
    more = {**claims, "actions": ["acme.widgets.create", "acme.everything"]}
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    first, second, _ = token.split(".")

    def public_key_as_secret():
        jwk = next(key for key in configuration["keys"] if key["kid"] == header["kid"])
        point = b"\x04" + decode(jwk["x"]) + decode(jwk["y"])
        signed = f"{encode({**header, 'alg': 'HS256'})}.{encode(more)}"
        return f"{signed}.{encode(hmac.new(point, signed.encode(), hashlib.sha256).digest())}"

    return {
        "a flipped signature": f"{first}.{second}.{encode(flipped)}",
        "another's claims under its signature": f"{first}.{encode(more)}.{encode(signature)}",
        "no algorithm, no signature": f"{encode({**header, 'alg': 'none'})}.{encode(more)}.",
        "no algorithm, its signature": f"{encode({**header, 'alg': 'none'})}.{second}.{encode(signature)}",
        "the public key as a shared secret": public_key_as_secret(),
        "another key under its name": SigningKey(header["kid"]).token(more),
        "an unknown key": SigningKey("session_signing_key_0000000000000000000000000").token(more),
        "a short signature": f"{first}.{second}.{encode(signature[:63])}",
    }


class ConfigServer:
    """Publishes a project's configuration with one more signing key, which the test holds: nobody else could make a token
    that is good in everything but its time."""

    def __init__(self, server, configuration, signing_key):
        body = json.dumps({**configuration, "keys": [*configuration["keys"], signing_key.jwk()]}).encode()
        path = f"/v1/config/{server.project['publishableKey']}"

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == path else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(server.ca_file.with_name("cert.pem"), server.ca_file.with_name("key.pem"))
        self.listener.socket = tls.wrap_socket(self.listener.socket, server_side=True)
        self.url = f"https://localhost:{self.listener.server_port}"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
