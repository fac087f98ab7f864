"""The widgets API in Flask, for signed-in users and for API keys."""

import os
from collections import defaultdict
from urllib.parse import urlsplit

from flask import Flask, jsonify, request
from tesseral import Tesseral
from tesseral_flask import access_token_claims, credentials_type, has_permission, organization_id, require_auth

LOCKWORK_URL = os.environ["LOCKWORK_URL"]

app = Flask(__name__)

# What protects the app: every request needs a user's access token or an API key from here on.
app.before_request(
    require_auth(
        publishable_key=os.environ["LOCKWORK_PUBLISHABLE_KEY"],
        config_api_hostname=urlsplit(LOCKWORK_URL).netloc,
        api_keys_enabled=True,
        tesseral_client=Tesseral(base_url=LOCKWORK_URL, backend_api_key=os.environ["LOCKWORK_BACKEND_API_KEY"]),
    )
)

widgets = defaultdict(list)  # by organization


@app.get("/whoami")
def whoami():
    answer = {"kind": credentials_type(), "organizationId": organization_id()}
    if credentials_type() == "access_token":
        user = access_token_claims().user
        answer |= {"userId": user.id, "email": user.email}
    return jsonify(answer)


@app.get("/widgets")
def list_widgets():
    return jsonify(widgets=widgets[organization_id()])


@app.post("/widgets")
def create_widget():
    if not has_permission("acme.widgets.create"):
        return jsonify(error="forbidden"), 403
    body = request.get_json()
    if not isinstance(body, dict) or not isinstance(body.get("name"), str):
        return jsonify(error="name must be a text"), 400
    widget = {"name": body["name"]}
    widgets[organization_id()].append(widget)
    return jsonify(widget=widget), 201
