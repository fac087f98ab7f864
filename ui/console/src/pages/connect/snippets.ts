/** What the code of an app needs to know of this project. */
export type Values = {
  /** Where the Backend API and the Config API are: a host with its port. */
  apiHost: string;
  publishableKey: string;
};

export type Snippet = {
  id: string;
  name: string;
  install: string;
  file: string;
  code: string;
  /** What else has to be known. */
  note?: string;
};

/** The host of the APIs, which is the console's without its first label. */
export function apiHostOf(consoleHost: string): string {
  return consoleHost.replace(/^console\./, "");
}

const flask = ({ apiHost, publishableKey }: Values): Snippet => ({
  id: "flask",
  name: "Flask",
  install: "pip install tesseral-flask",
  file: "app.py",
  code: `import os
from tesseral import Tesseral
from tesseral_flask import require_auth

app.before_request(
    require_auth(
        publishable_key="${publishableKey}",
        config_api_hostname="${apiHost}",
        api_keys_enabled=True,
        tesseral_client=Tesseral(
            base_url="https://${apiHost}",
            backend_api_key=os.environ["LOCKWORK_BACKEND_API_KEY"],
        ),
    )
)
`,
});

const fastapi = ({ apiHost, publishableKey }: Values): Snippet => ({
  id: "fastapi",
  name: "FastAPI",
  install: "pip install tesseral-fastapi",
  file: "app.py",
  code: `import os
from tesseral import AsyncTesseral
from tesseral_fastapi import RequireAuthMiddleware

app.add_middleware(
    RequireAuthMiddleware,
    publishable_key="${publishableKey}",
    config_api_hostname="${apiHost}",
    api_keys_enabled=True,
    tesseral_client=AsyncTesseral(
        base_url="https://${apiHost}",
        backend_api_key=os.environ["LOCKWORK_BACKEND_API_KEY"],
    ),
)
`,
});

const express = ({ apiHost, publishableKey }: Values): Snippet => ({
  id: "express",
  name: "Express",
  install: "npm install @tesseral/tesseral-express @tesseral/tesseral-node",
  file: "app.js",
  code: `import { requireAuth } from "@tesseral/tesseral-express";
import { TesseralClient } from "@tesseral/tesseral-node";

app.use(
  requireAuth({
    publishableKey: "${publishableKey}",
    configApiHostname: "${apiHost}",
    apiKeysEnabled: true,
    tesseralClient: new TesseralClient({
      environment: "https://${apiHost}",
      backendApiKey: process.env.LOCKWORK_BACKEND_API_KEY,
    }),
  }),
);
`,
});

const go = ({ apiHost, publishableKey }: Values): Snippet => ({
  id: "go",
  name: "Go",
  install: "go get github.com/tesseral-labs/tesseral-sdk-go",
  file: "main.go",
  code: `import (
	"github.com/tesseral-labs/tesseral-sdk-go/auth"
	"github.com/tesseral-labs/tesseral-sdk-go/client"
	"github.com/tesseral-labs/tesseral-sdk-go/option"
)

http.ListenAndServe(":8080", auth.RequireAuth(
	server,
	auth.WithPublishableKey("${publishableKey}"),
	auth.WithConfigAPIHostname("${apiHost}"),
	auth.WithAPIKeysEnabled(true),
	auth.WithTesseralClient(client.NewClient(option.WithBaseURL("https://${apiHost}"))),
))
`,
  note: "The Go SDK reads the Backend API key from the variable TESSERAL_BACKEND_API_KEY.",
});

const axum = ({ apiHost, publishableKey }: Values): Snippet => ({
  id: "axum",
  name: "axum",
  install: "cargo add lockwork --path sdks/rust",
  file: "main.rs",
  code: `let lockwork = lockwork::Client::builder(
    "https://${apiHost}",
    std::env::var("LOCKWORK_BACKEND_API_KEY")?,
)
.publishable_key("${publishableKey}")
.build()?;

// In a middleware: from the request's headers to its caller, or to the answer that it gets instead.
let caller = lockwork.authenticate(request.headers(), None).await?;
`,
  note: "examples/axum in Lockwork's source is a whole app, with the middleware that goes with this.",
});

const next = ({ apiHost }: Values): Snippet => ({
  id: "next",
  name: "Next.js",
  install: "",
  file: "app/api/widgets/route.js",
  code: `export async function GET(request) {
  const secretToken = request.headers.get("authorization")?.replace("Bearer ", "");
  const answer = await fetch("https://${apiHost}/v1/api-keys/verify", {
    method: "POST",
    headers: {
      authorization: \`Bearer \${process.env.LOCKWORK_BACKEND_API_KEY}\`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ secretToken }),
    cache: "no-store",
  });
  const verdict = await answer.json();
  if (!verdict.valid) return Response.json({ error: "unauthorized" }, { status: 401 });
  // verdict.organizationId and verdict.actions say whose key it is and what it may do.
}
`,
  note: "The published Next.js SDK cannot be given the address of its Backend API, so this asks Lockwork itself and needs no package.",
});

/** The code for each framework, with the project's values in it (contract §4.5). */
export function snippets(values: Values): Snippet[] {
  return [flask, fastapi, express, go, axum, next].map((snippet) => snippet(values));
}
