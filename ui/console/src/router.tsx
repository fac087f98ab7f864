import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Root } from "./layout/Root";
import { Failed } from "./layout/Failed";
import { NotFound } from "./layout/NotFound";
import { keySearch } from "./keys/search";
import { auditSearch } from "./pages/audit-log/search";

const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: Failed });

const overview = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/overview/OverviewPage"), "OverviewPage"),
});

const organizations = createRoute({
  getParentRoute: () => root,
  path: "/organizations",
  validateSearch: (search: Record<string, unknown>): { search?: string } =>
    typeof search.search === "string" && search.search ? { search: search.search } : {},
  component: lazyRouteComponent(() => import("./pages/organizations/OrganizationsPage"), "OrganizationsPage"),
});

const organization = createRoute({
  getParentRoute: () => root,
  path: "/organizations/$organizationId",
  component: lazyRouteComponent(() => import("./pages/organization/OrganizationPage"), "OrganizationPage"),
});

const organizationDetails = createRoute({
  getParentRoute: () => organization,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/organization/DetailsTab"), "DetailsTab"),
});

const organizationUsers = createRoute({
  getParentRoute: () => organization,
  path: "/users",
  component: lazyRouteComponent(() => import("./pages/organization/users/UsersTab"), "UsersTab"),
});

const organizationApiKeys = createRoute({
  getParentRoute: () => organization,
  path: "/api-keys",
  validateSearch: keySearch,
  component: lazyRouteComponent(() => import("./pages/organization/ApiKeysTab"), "ApiKeysTab"),
});

const organizationRoles = createRoute({
  getParentRoute: () => organization,
  path: "/roles",
  component: lazyRouteComponent(() => import("./pages/organization/RolesTab"), "RolesTab"),
});

const organizationSignIn = createRoute({
  getParentRoute: () => organization,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("./pages/organization/sign-in/SignInTab"), "SignInTab"),
});

const organizationAuditLog = createRoute({
  getParentRoute: () => organization,
  path: "/audit-log",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./pages/organization/AuditLogTab"), "AuditLogTab"),
});

const apiKeys = createRoute({
  getParentRoute: () => root,
  path: "/api-keys",
  validateSearch: keySearch,
  component: lazyRouteComponent(() => import("./pages/api-keys/ApiKeysPage"), "ApiKeysPage"),
});

const apiKey = createRoute({
  getParentRoute: () => root,
  path: "/api-keys/$apiKeyId",
  component: lazyRouteComponent(() => import("./pages/api-key/ApiKeyPage"), "ApiKeyPage"),
});

const access = createRoute({
  getParentRoute: () => root,
  path: "/access",
  component: lazyRouteComponent(() => import("./pages/access/AccessPage"), "AccessPage"),
});

const roles = createRoute({
  getParentRoute: () => access,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/access/RolesTab"), "RolesTab"),
});

const actions = createRoute({
  getParentRoute: () => access,
  path: "/actions",
  component: lazyRouteComponent(() => import("./pages/access/ActionsTab"), "ActionsTab"),
});

const limits = createRoute({
  getParentRoute: () => root,
  path: "/limits",
  component: lazyRouteComponent(() => import("./pages/limits/LimitsPage"), "LimitsPage"),
});

const plans = createRoute({
  getParentRoute: () => limits,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/limits/PlansTab"), "PlansTab"),
});

const overrides = createRoute({
  getParentRoute: () => limits,
  path: "/overrides",
  component: lazyRouteComponent(() => import("./pages/limits/OverridesTab"), "OverridesTab"),
});

const auditLog = createRoute({
  getParentRoute: () => root,
  path: "/audit-log",
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import("./pages/audit-log/AuditLogPage"), "AuditLogPage"),
});

const connect = createRoute({
  getParentRoute: () => root,
  path: "/connect",
  component: lazyRouteComponent(() => import("./pages/connect/ConnectPage"), "ConnectPage"),
});

const developerKeys = createRoute({
  getParentRoute: () => root,
  path: "/developer-keys",
  component: lazyRouteComponent(() => import("./pages/developer-keys/DeveloperKeysPage"), "DeveloperKeysPage"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings/SettingsPage"), "SettingsPage"),
});

const settingsGeneral = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/settings/GeneralTab"), "GeneralTab"),
});

const settingsApiKeys = createRoute({
  getParentRoute: () => settings,
  path: "/api-keys",
  component: lazyRouteComponent(() => import("./pages/settings/ApiKeysTab"), "ApiKeysTab"),
});

const settingsSignIn = createRoute({
  getParentRoute: () => settings,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("./pages/settings/SignInTab"), "SignInTab"),
});

const settingsDomains = createRoute({
  getParentRoute: () => settings,
  path: "/domains",
  component: lazyRouteComponent(() => import("./pages/settings/DomainsTab"), "DomainsTab"),
});

const settingsBranding = createRoute({
  getParentRoute: () => settings,
  path: "/branding",
  component: lazyRouteComponent(() => import("./pages/settings/branding/BrandingTab"), "BrandingTab"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    organizations,
    organization.addChildren([
      organizationDetails,
      organizationUsers,
      organizationApiKeys,
      organizationRoles,
      organizationSignIn,
      organizationAuditLog,
    ]),
    apiKeys,
    apiKey,
    access.addChildren([roles, actions]),
    limits.addChildren([plans, overrides]),
    developerKeys,
    auditLog,
    connect,
    settings.addChildren([settingsGeneral, settingsApiKeys, settingsSignIn, settingsDomains, settingsBranding]),
  ]),
  defaultPreload: "intent",
  // Plain texts, as everybody writes them into addresses: 42 is a text too.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const texts = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    return texts.length ? `?${new URLSearchParams(texts)}` : "";
  },
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
