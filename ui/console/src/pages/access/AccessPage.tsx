import { LinkTabs, Page } from "@lockwork/kit";
import { Outlet, useRouterState } from "@tanstack/react-router";

const TABS = [
  { href: "/access", label: "Roles" },
  { href: "/access/actions", label: "Actions" },
];

export function AccessPage() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <Page
      title="Roles and actions"
      hint="Actions are what can be allowed. Roles are sets of them, for people and keys."
    >
      <LinkTabs label="Roles and actions" tabs={TABS} current={path.replace(/\/$/, "")} />
      <Outlet />
    </Page>
  );
}
