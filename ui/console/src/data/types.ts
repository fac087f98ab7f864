import type { BackendSchema } from "@lockwork/kit";

export type ApiKey = BackendSchema["ApiKey"];
export type Organization = BackendSchema["Organization"];
export type OrganizationChange = BackendSchema["OrganizationBody"];
export type Project = BackendSchema["Project"];
export type ProjectChange = BackendSchema["UpdateProject"];
export type Plan = BackendSchema["Plan"];
export type LimitOverride = BackendSchema["LimitOverride"];
export type BackendApiKey = BackendSchema["BackendApiKey"];
export type PublishableKey = BackendSchema["PublishableKey"];
export type User = BackendSchema["User"];
export type UserInvite = BackendSchema["UserInvite"];
export type Credits = BackendSchema["Credits"];
