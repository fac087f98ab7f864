import type { IconName } from "@lockwork/kit";

type Item = { href: string; label: string; icon: IconName };

export const NAVIGATION: { title?: string; items: Item[] }[] = [
  {
    items: [
      { href: "/", label: "Overview", icon: "home" },
      { href: "/organizations", label: "Organizations", icon: "team" },
      { href: "/api-keys", label: "API keys", icon: "key" },
      { href: "/audit-log", label: "Audit log", icon: "list" },
      { href: "/connect", label: "Connect", icon: "code" },
    ],
  },
  {
    title: "Project",
    items: [
      { href: "/access", label: "Roles and actions", icon: "tag" },
      { href: "/limits", label: "Plans and limits", icon: "book" },
      { href: "/developer-keys", label: "Developer keys", icon: "lock" },
      { href: "/settings", label: "Settings", icon: "gear" },
    ],
  },
];

/** The item of the navigation to which a page belongs. */
export function currentItem(path: string): string {
  return `/${path.split("/")[1] ?? ""}`;
}
