import { type ReactNode, useEffect, useState } from "react";
import { classes } from "./classes";
import { Icon, type IconName } from "./Icon";
import { Link } from "./Link";

export interface NavItem {
  href: string;
  label: string;
  icon: IconName;
}

export interface NavGroup {
  title?: string;
  items: readonly NavItem[];
}

interface ShellProps {
  /** Top left: whose pages these are. */
  brand: ReactNode;
  nav: readonly NavGroup[];
  /** The place that is shown. */
  current: string;
  /** Top right: who is signed in. */
  account: ReactNode;
  /** Above everything: that somebody acts for somebody else. */
  banner?: ReactNode;
  children: ReactNode;
}

/** The frame of an app: a bar on top, the places at the side (behind a button on a phone), and the page. */
export function Shell({ brand, nav, current, account, banner, children }: ShellProps) {
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [current]);
  return (
    <div className="min-h-dvh" onKeyDown={({ key }) => key === "Escape" && setOpen(false)}>
      <a
        href="#main"
        className="sr-only z-30 focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:rounded-lg focus:bg-card focus:px-4 focus:py-2"
      >
        Skip to the page
      </a>
      {banner}
      <header className="sticky top-0 z-10 flex h-14 items-center gap-3 border-b border-line bg-card px-4">
        <button
          type="button"
          aria-label="Menu"
          aria-expanded={open}
          aria-controls="places"
          className="-ml-2 cursor-pointer rounded-lg p-2 text-quiet hover:bg-raised hover:text-text md:hidden"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "close" : "menu"} className="size-5" />
        </button>
        <div className="flex min-w-0 grow items-center gap-3">{brand}</div>
        {account}
      </header>
      <div className="flex">
        <nav
          id="places"
          aria-label="Main"
          className={classes(
            "shrink-0 gap-5 p-4 md:sticky md:top-14 md:grid md:h-[calc(100dvh-3.5rem)] md:w-56 md:content-start md:overflow-y-auto md:bg-transparent",
            open ? "fixed inset-0 top-14 z-10 grid content-start overflow-y-auto bg-ground" : "hidden",
          )}
        >
          {nav.map(({ title, items }, index) => (
            <div key={title ?? index}>
              {title && <p className="mb-1 px-3 text-xs font-medium text-quiet">{title}</p>}
              <ul className="grid gap-0.5">
                {items.map(({ href, label, icon }) => (
                  <li key={href}>
                    <Link
                      bare
                      href={href}
                      aria-current={href === current ? "page" : undefined}
                      className={classes(
                        "flex items-center gap-3 rounded-lg px-3 py-2 font-medium",
                        href === current ? "bg-accent-soft text-accent" : "text-quiet hover:bg-raised hover:text-text",
                      )}
                      onClick={() => setOpen(false)}
                    >
                      <Icon name={icon} /> {label}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <main id="main" tabIndex={-1} className="min-w-0 grow px-4 py-6 md:px-8 md:py-8">
          <div className="mx-auto max-w-6xl">{children}</div>
        </main>
      </div>
    </div>
  );
}
