import type { ReactNode } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";

const LOOKS = {
  info: "bg-raised text-text",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

/** A few words that stand out. What is wrong is also read out at once. */
export function Notice({ tone = "info", children }: { tone?: keyof typeof LOOKS; children: ReactNode }) {
  return (
    <div
      role={tone === "bad" ? "alert" : undefined}
      className={classes("flex items-start gap-2.5 rounded-lg px-3.5 py-2.5", LOOKS[tone])}
    >
      {tone !== "info" && <Icon name={tone === "good" ? "check" : "alert"} className="mt-1" />}
      <div className="min-w-0 grow break-words">{children}</div>
    </div>
  );
}
