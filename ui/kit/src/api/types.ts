import type { components as Backend } from "./backend";
import type { components as Frontend } from "./frontend";
import type { components as Login } from "./login";

/** Shapes of the three APIs: `BackendSchema["ApiKey"]`. */
export type BackendSchema = Backend["schemas"];
export type FrontendSchema = Frontend["schemas"];
export type LoginSchema = Login["schemas"];

/** What the Frontend API shows of these is in the Backend API's too. */
export type ApiKey = FrontendSchema["ApiKey"];
export type ApiKeySecret = FrontendSchema["ApiKeySecret"];
export type NewApiKey = FrontendSchema["NewApiKeyBody"];
export type ApiKeyChange = FrontendSchema["ApiKeyChange"];
export type ApiKeyLimits = FrontendSchema["ApiKeyLimits"];
export type Limit = FrontendSchema["Limit"];
export type LimitBody = FrontendSchema["LimitBody"];
export type Role = FrontendSchema["Role"];
export type Action = FrontendSchema["Action"];
export type AuditLogEvent = FrontendSchema["AuditLogEvent"];
