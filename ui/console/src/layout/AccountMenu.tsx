import { Icon, Menu } from "@lockwork/kit";
import { useStaff } from "../data/staff";

/** Who is signed in. Their settings and their organization's are the hosted pages that everybody has. */
export function AccountMenu() {
  const staff = useStaff();
  const go = (path: string) => () => window.location.assign(path);
  return (
    <Menu
      label="Your account"
      items={[
        { label: "Your settings", onSelect: go("/user") },
        { label: "Your team", onSelect: go("/organization") },
        { label: "Sign out", onSelect: go("/logout") },
      ]}
      trigger={
        <button
          type="button"
          className="inline-flex min-h-9 min-w-0 cursor-pointer items-center gap-2 rounded-lg px-2 text-quiet hover:bg-raised hover:text-text"
        >
          <Icon name="person" />
          <span className="max-w-56 truncate max-sm:sr-only">{staff.displayName || staff.email}</span>
          <Icon name="chevron" />
        </button>
      }
    />
  );
}
