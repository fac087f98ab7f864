import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { type AuditFilter, Failure, type KeyFilter, type KeyStateName } from "@lockwork/kit";
import { Frame, Nowhere } from "./Frame";

const root = createRootRoute({ component: Frame, notFoundComponent: Nowhere });

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);
const STATES: readonly KeyStateName[] = ["ACTIVE", "DISABLED", "EXPIRED", "REVOKED"];

const to = (path: string, href: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    beforeLoad: () => {
      throw redirect({ href, replace: true });
    },
  });

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: "/organization",
    component: lazyRouteComponent(() => import("./pages/Organization"), "OrganizationPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/organization/api-keys",
    validateSearch: (search): KeyFilter => ({
      search: text(search["search"]),
      state: STATES.find((state) => state === search["state"]),
    }),
    component: lazyRouteComponent(() => import("./pages/ApiKeys"), "ApiKeysPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/organization/api-keys/$id",
    component: lazyRouteComponent(() => import("./pages/ApiKeys"), "ApiKeyPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/organization/members",
    validateSearch: (search): { search?: string } => ({ search: text(search["search"]) }),
    component: lazyRouteComponent(() => import("./pages/Members"), "MembersPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/organization/roles",
    component: lazyRouteComponent(() => import("./pages/Roles"), "RolesPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/organization/sign-in",
    component: lazyRouteComponent(() => import("./pages/SignIn"), "SignInPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/organization/logs",
    validateSearch: (search): AuditFilter => ({
      event: text(search["event"]),
      person: text(search["person"]),
      from: text(search["from"]),
      to: text(search["to"]),
    }),
    component: lazyRouteComponent(() => import("./pages/Logs"), "LogsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/user",
    component: lazyRouteComponent(() => import("./pages/User"), "UserPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/user/security",
    component: lazyRouteComponent(() => import("./pages/Security"), "SecurityPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/",
    component: lazyRouteComponent(() => import("./pages/Start"), "StartPage"),
  }),
  // Names that published clients link to (contract §5.2).
  to("/user-settings", "/user"),
  to("/organization-settings", "/organization"),
  to("/audit-logs", "/organization/logs"),
  to("/logs", "/organization/logs"),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: "intent",
  defaultErrorComponent: ({ error }) => <Failure error={error} retry={() => location.reload()} />,
  // Plain texts, as people would write them.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined);
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return text && `?${text}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
