import type { ReactNode } from "react";
import { classes } from "./classes";

const LOOKS = {
  plain: "bg-raised text-quiet",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

export type Tone = keyof typeof LOOKS;

export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={classes(
        "inline-flex items-center rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap",
        LOOKS[tone],
      )}
    >
      {children}
    </span>
  );
}
