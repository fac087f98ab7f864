"""The widgets API in FastAPI, for signed-in users and for API keys."""

import os
from collections import defaultdict
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from tesseral import AsyncTesseral
from tesseral_fastapi import Auth, RequireAuthMiddleware, get_auth

LOCKWORK_URL = os.environ["LOCKWORK_URL"]

app = FastAPI()

# What protects the app: every request needs a user's access token or an API key from here on.
app.add_middleware(
    RequireAuthMiddleware,
    publishable_key=os.environ["LOCKWORK_PUBLISHABLE_KEY"],
    config_api_hostname=urlsplit(LOCKWORK_URL).netloc,
    api_keys_enabled=True,
    tesseral_client=AsyncTesseral(base_url=LOCKWORK_URL, backend_api_key=os.environ["LOCKWORK_BACKEND_API_KEY"]),
)


class Widget(BaseModel):
    name: str


widgets = defaultdict(list)  # by organization


@app.get("/whoami")
async def whoami(auth: Annotated[Auth, Depends(get_auth)]):
    answer = {"kind": auth.credentials_type(), "organizationId": auth.organization_id()}
    if auth.credentials_type() == "access_token":
        user = auth.access_token_claims().user
        answer |= {"userId": user.id, "email": user.email}
    return answer


@app.get("/widgets")
async def list_widgets(auth: Annotated[Auth, Depends(get_auth)]):
    return {"widgets": widgets[auth.organization_id()]}


@app.post("/widgets", status_code=201)
async def create_widget(widget: Widget, auth: Annotated[Auth, Depends(get_auth)]):
    if not auth.has_permission("acme.widgets.create"):
        raise HTTPException(403, "forbidden")
    widgets[auth.organization_id()].append(widget)
    return {"widget": widget}
