import "./app.css";
import { type ComponentType, StrictMode } from "react";
import { createRoot } from "react-dom/client";

const ENTRANCES =
  /^\/(login|signup|sign-up|verify-email|reset-password|(google|microsoft|github)-oauth-callback|impersonate|switch-organizations\/[^/]+|logout)\/?$/;

// Who signs in does not wait for the settings' script, nor the other way round.
const app: Promise<{ default: ComponentType }> = ENTRANCES.test(location.pathname)
  ? import("./login/Login")
  : import("./settings/App");

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");
const { default: App } = await app;
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
