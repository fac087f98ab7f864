import type { Limit, LimitBody } from "../api/types";
import { formatSeconds } from "../ui/time";

const count = new Intl.NumberFormat("en");
const PERIODS = { HOUR: "hour", DAY: "day", MONTH: "month" };

/** A limit in words: "100 a minute", "5,000 a month". */
export function describeLimit(limit: Limit): string {
  const per = limit.period ? PERIODS[limit.period] : formatSeconds(limit.windowSeconds ?? 1).replace(/^1 /, "");
  const burst = limit.burst && limit.burst !== limit.limit ? `, up to ${count.format(limit.burst)} at once` : "";
  const named = limit.onlyWhenNamed ? ", only where it is asked for" : "";
  const article = /^\d/.test(per) ? "per" : per === "hour" ? "an" : "a";
  return `${count.format(limit.limit)} ${article} ${per}${burst}${named}`;
}

/** The most that can be left of a limit: of a bucket what it takes at once. */
export const mostOf = ({ limit, burst }: Pick<Limit, "limit" | "burst">): number => Math.min(limit, burst ?? limit);

/** A limit that was read, as it is sent back. */
export const limitBody = (limit: Limit): LimitBody => ({ ...limit });

export const newLimit = (taken: readonly string[]): LimitBody => {
  const names = ["requests", ...Array.from({ length: 64 }, (_, index) => `limit-${index + 2}`)];
  return {
    name: names.find((name) => !taken.includes(name)) ?? "limit",
    kind: "WINDOW",
    limit: 100,
    windowSeconds: 60,
  };
};
