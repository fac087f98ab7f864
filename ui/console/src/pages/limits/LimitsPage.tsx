import { LinkTabs, Page } from "@lockwork/kit";
import { Outlet, useRouterState } from "@tanstack/react-router";

const TABS = [
  { href: "/limits", label: "Plans" },
  { href: "/limits/overrides", label: "Overrides" },
];

export function LimitsPage() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <Page title="Plans and limits" hint="How much keys may be used. Limits are counted at each verification.">
      <LinkTabs label="Plans and limits" tabs={TABS} current={path.replace(/\/$/, "")} />
      <Outlet />
    </Page>
  );
}
