import { createContext } from "react";

/** Set where the kit is embedded in another page: menus are put into its container, and the page's title is not ours. */
export const EmbedContext = createContext<{ container: HTMLElement | null } | undefined>(undefined);
