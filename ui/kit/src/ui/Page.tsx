import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import { EmbedContext } from "./embed";
import { Icon } from "./Icon";
import { Link } from "./Link";

/** What follows a page's title in the browser's tab: whose pages these are. */
export const TitleContext = createContext<string | undefined>(undefined);

interface PageProps {
  title: string;
  /** Stands after the title: the state of a thing. */
  badge?: ReactNode;
  hint?: ReactNode;
  /** The way up. */
  back?: { href: string; label: string };
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its head, and what is on it. Takes the focus, so that screen readers say where one is. */
export function Page({ title, badge, hint, back, actions, children }: PageProps) {
  const embed = useContext(EmbedContext);
  const whose = useContext(TitleContext);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement instanceof HTMLAnchorElement) {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  useEffect(() => {
    if (!embed) document.title = whose ? `${title} · ${whose}` : title;
  }, [embed, title, whose]);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <header className="grid gap-2">
        {back && (
          <Link
            bare
            href={back.href}
            className="inline-flex items-center gap-1 justify-self-start text-sm text-quiet hover:text-text"
          >
            <Icon name="back" /> {back.label}
          </Link>
        )}
        <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
          <div className="min-w-0">
            <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1">
              <h1
                ref={heading}
                tabIndex={-1}
                className="text-2xl leading-tight font-semibold tracking-tight break-words"
              >
                {title}
              </h1>
              {badge}
            </div>
            {hint && <div className="max-w-2xl text-pretty text-quiet">{hint}</div>}
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </div>
      </header>
      {children}
    </div>
  );
}
