const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const full = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How far a moment is from now: "3 minutes ago", "in 2 days". */
export function fromNow(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return Math.abs(seconds) < 10 ? "just now" : relative.format(Math.round(seconds), "second");
}

export const formatTime = (time: string): string => full.format(new Date(time));
export const formatDay = (time: string): string => day.format(new Date(time));

/** A length of time in its largest even unit: "30 days", "90 minutes". */
export function formatSeconds(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
    ["second", 1],
  ] as const;
  const [name, length] = units.find(([, length]) => seconds >= length && seconds % length === 0) ?? units[3];
  const count = seconds / length;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
