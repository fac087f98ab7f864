import { data, Icon, Menu, type Session, useApi, useGo } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";

/** Who is signed in, their other organizations, and the way out. */
export function AccountMenu({ session }: { session: Session }) {
  const api = useApi();
  const go = useGo();
  const { user, organization } = session;
  const others = useQuery({
    queryKey: ["switchable-organizations"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () =>
      (await data(api.frontend.GET("/api/frontend/v1/switch-organizations/organizations"))).switchableOrganizations ??
      [],
  });
  const name = user.displayName || user.email;
  return (
    <Menu
      label={`Account of ${name}`}
      items={[
        { label: "Profile", onSelect: () => go("/user") },
        { label: "Security", onSelect: () => go("/user/security") },
        ...(others.data ?? [])
          .filter(({ id }) => id !== organization.id)
          .map(({ id, displayName }) => ({
            label: `Go to ${displayName || id}`,
            onSelect: () => location.assign(`/switch-organizations/${encodeURIComponent(id)}`),
          })),
        { label: "Sign out", onSelect: () => location.assign("/logout") },
      ]}
      trigger={
        <button
          type="button"
          aria-label={`Account of ${name}`}
          className="flex max-w-xs min-w-0 cursor-pointer items-center gap-2 rounded-lg px-2 py-1.5 text-quiet hover:bg-raised hover:text-text"
        >
          <Icon name="person" />
          <span className="truncate max-sm:sr-only">{name}</span>
          <Icon name="chevron" />
        </button>
      }
    />
  );
}
