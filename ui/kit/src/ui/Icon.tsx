import { classes } from "./classes";

/** Drawn for a grid of 20 by 20, in strokes of the text's colour. */
const PATHS = {
  alert:
    "M10 6.5v4.5M10 13.8v.2M8.7 3.2 1.9 15a1.5 1.5 0 0 0 1.3 2.2h13.6a1.5 1.5 0 0 0 1.3-2.2L11.3 3.2a1.5 1.5 0 0 0-2.6 0Z",
  arrow: "M4 10h12M11 5l5 5-5 5",
  back: "M12 4.5 6.5 10l5.5 5.5",
  book: "M4 4.5A1.5 1.5 0 0 1 5.5 3H16v11H5.5A1.5 1.5 0 0 0 4 15.5V4.5Zm0 11A1.5 1.5 0 0 0 5.5 17H16",
  check: "m4 10.5 4 4 8-9",
  chevron: "m6 8 4 4 4-4",
  close: "m5 5 10 10M15 5 5 15",
  code: "m7 6-4 4 4 4M13 6l4 4-4 4",
  copy: "M7 7V4.5A1.5 1.5 0 0 1 8.5 3h7A1.5 1.5 0 0 1 17 4.5v7a1.5 1.5 0 0 1-1.5 1.5H13M4.5 7h7A1.5 1.5 0 0 1 13 8.5v7a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 3 15.5v-7A1.5 1.5 0 0 1 4.5 7Z",
  external: "M8 5H4.5A1.5 1.5 0 0 0 3 6.5v9A1.5 1.5 0 0 0 4.5 17h9a1.5 1.5 0 0 0 1.5-1.5V12M11 3h6v6M17 3l-8 8",
  gear: "M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",
  home: "m3 9 7-6 7 6v7a1 1 0 0 1-1 1h-3.5v-5h-5v5H4a1 1 0 0 1-1-1V9Z",
  key: "M12.5 3a4.5 4.5 0 1 1-2.300 8.400L8.5 13H6.5v2h-2v2H3v-2.5l5.600-5.600A4.5 4.5 0 0 1 12.5 3Zm1 3.5v.01",
  list: "M3 5h14M3 10h14M3 15h9",
  lock: "M5.5 9h9A1.5 1.5 0 0 1 16 10.5v5a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 4 15.5v-5A1.5 1.5 0 0 1 5.5 9ZM6.5 9V6.5a3.5 3.5 0 0 1 7 0V9",
  menu: "M3 5h14M3 10h14M3 15h14",
  more: "M5 10v.01M10 10v.01M15 10v.01",
  person: "M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 17a6.5 6.5 0 0 1 13 0",
  plus: "M10 4v12M4 10h12",
  search: "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM17 17l-3.8-3.8",
  shield: "M10 2.5 4 5v5c0 3.5 2.5 6.300 6 7.5 3.5-1.200 6-4 6-7.5V5l-6-2.5Z",
  tag: "M3 4.5A1.5 1.5 0 0 1 4.5 3h5.4l7.1 7.1a1.3 1.3 0 0 1 0 1.8L11.9 17a1.3 1.3 0 0 1-1.8 0L3 9.9V4.5ZM6.7 6.7v.01",
  team: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5a5.5 5.5 0 0 1 11 0M13 3.8a3 3 0 0 1 0 5.5M14.5 11.600a5.5 5.5 0 0 1 3.5 4.900",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className }: { name: IconName; className?: string }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className={classes("size-4 shrink-0", className)}>
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === "more" ? 2.5 : 1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
