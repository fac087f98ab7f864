import { Failure, LinkTabs, Page, Skeleton } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { queries } from "../../data/queries";
import { ProjectContext } from "./context";

const TABS = [
  { href: "/settings", label: "General" },
  { href: "/settings/api-keys", label: "API keys" },
  { href: "/settings/sign-in", label: "Sign-in" },
  { href: "/settings/domains", label: "Domains" },
  { href: "/settings/branding", label: "Branding" },
];

export function SettingsPage() {
  const { data: project, error, isFetching, refetch } = useQuery(queries.project());
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <Page title="Settings">
      <LinkTabs label="Settings" tabs={TABS} current={path.replace(/\/$/, "")} />
      {project ? (
        <ProjectContext value={project}>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
            <Outlet />
          </div>
        </ProjectContext>
      ) : error && !isFetching ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Skeleton className="h-64 rounded-xl" />
      )}
    </Page>
  );
}
