import "@lockwork/kit/react.css";
import "./main.css";
import { LockworkProvider } from "@lockwork/kit/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";

const { VITE_LOCKWORK_PUBLISHABLE_KEY: publishableKey, VITE_LOCKWORK_CONFIG_API: configApi } = import.meta.env;
const root = document.getElementById("root");
if (!root || !publishableKey || !configApi) {
  throw new Error("set VITE_LOCKWORK_PUBLISHABLE_KEY and VITE_LOCKWORK_CONFIG_API, as README.md says");
}

createRoot(root).render(
  <StrictMode>
    <LockworkProvider publishableKey={publishableKey} configApi={configApi} fallback={<p>One moment…</p>}>
      <App />
    </LockworkProvider>
  </StrictMode>,
);
