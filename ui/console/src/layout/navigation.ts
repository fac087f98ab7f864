import type { IconName } from "@lockwork/kit";

type Item = { href: string; label: string; icon: IconName };

export const NAVIGATION: { title?: string; items: Item[] }[] = [
  {
    items: [
      { href: "/", label: "Overview", icon: "home" },
      { href: "/organizations", label: "Organizations", icon: "team" },
      { href: "/audit-log", label: "Audit log", icon: "list" },
      { href: "/connect", label: "Connect", icon: "code" },
    ],
  },
  {
    title: "Project",
    items: [
      { href: "/access", label: "Roles and actions", icon: "tag" },
      { href: "/limits", label: "Plans and limits", icon: "book" },
      { href: "/developer-keys", label: "Developer keys", icon: "key" },
      { href: "/settings", label: "Settings", icon: "gear" },
    ],
  },
];

const UNDER: Record<string, string> = { "/api-keys": "/organizations" };

/** The item of the navigation to which a page belongs. */
export function currentItem(path: string): string {
  const first = `/${path.split("/")[1] ?? ""}`;
  return UNDER[first] ?? first;
}
