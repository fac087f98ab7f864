import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { classes } from "./classes";
import { Link } from "./Link";

const ROW = "no-scrollbar flex gap-1 overflow-x-auto border-b border-line";
const tab = (current: boolean) =>
  classes(
    "-mb-px cursor-pointer border-b-2 px-3 py-2.5 font-medium whitespace-nowrap -outline-offset-2",
    current ? "border-accent text-text" : "border-transparent text-quiet hover:text-text",
  );

/** Tabs that are pages of their own. */
export function LinkTabs({
  label,
  tabs,
  current,
}: {
  label: string;
  tabs: readonly { href: string; label: string }[];
  current: string;
}) {
  const row = useRef<HTMLElement>(null);
  // On a phone the row is wider than the screen.
  useEffect(() => {
    row.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <nav ref={row} aria-label={label} className={ROW}>
      {tabs.map(({ href, label }) => (
        <Link
          key={href}
          bare
          href={href}
          aria-current={href === current ? "page" : undefined}
          className={tab(href === current)}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

interface TabsProps<T extends string> {
  label: string;
  tabs: readonly { id: T; label: string }[];
  current: T;
  onCurrent: (id: T) => void;
  children: ReactNode;
}

/** Tabs within a page; the arrow keys go from one to the next. */
export function Tabs<T extends string>({ label, tabs, current, onCurrent, children }: TabsProps<T>) {
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (tabs.findIndex((tab) => tab.id === current) + step + tabs.length) % tabs.length;
    const next = tabs[at];
    if (!next) return;
    onCurrent(next.id);
    row.current?.querySelectorAll("button")[at]?.focus();
  };
  return (
    <div>
      <div ref={row} role="tablist" aria-label={label} className={ROW} onKeyDown={move}>
        {tabs.map((each) => (
          <button
            key={each.id}
            type="button"
            role="tab"
            id={`${id}-${each.id}`}
            aria-selected={each.id === current}
            aria-controls={`${id}-panel`}
            tabIndex={each.id === current ? 0 : -1}
            className={tab(each.id === current)}
            onClick={() => onCurrent(each.id)}
          >
            {each.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current}`} className="pt-4">
        {children}
      </div>
    </div>
  );
}
