import { type AnchorHTMLAttributes, createContext, useContext } from "react";
import { classes } from "./classes";

/** How to go to a place of the app without loading the page anew. */
export const NavigationContext = createContext<((href: string) => void) | undefined>(undefined);

export const useGo = (): ((href: string) => void) =>
  useContext(NavigationContext) ?? ((href) => window.location.assign(href));

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
  /** Without a look of its own. */
  bare?: boolean;
}

/** A link within the app. */
export function Link({ href, bare, className, onClick, ...rest }: LinkProps) {
  const go = useContext(NavigationContext);
  return (
    <a
      {...rest}
      href={href}
      className={classes(!bare && "font-medium text-accent underline-offset-4 hover:underline", className)}
      onClick={(event) => {
        onClick?.(event);
        const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
        if (!go || elsewhere || event.defaultPrevented || rest.target) return;
        event.preventDefault();
        go(href);
      }}
    />
  );
}
