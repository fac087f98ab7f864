const DAY = 86_400;

/** What people choose from: a number of days, a date of their own, or no end. */
export type ExpiryChoice = "1" | "7" | "30" | "90" | "date" | "never";

export const PRESETS = ["1", "7", "30", "90"] as const satisfies readonly ExpiryChoice[];

/** The choices that a longest lifetime leaves. */
export function expiryOptions(maxLifetimeSeconds?: number): { value: ExpiryChoice; label: string }[] {
  const fits = (days: number) => maxLifetimeSeconds === undefined || days * DAY <= maxLifetimeSeconds;
  return [
    ...PRESETS.filter((days) => fits(Number(days))).map((days) => ({
      value: days,
      label: days === "1" ? "1 day" : `${days} days`,
    })),
    { value: "date", label: "On a date…" },
    ...(maxLifetimeSeconds === undefined ? [{ value: "never" as const, label: "Never" }] : []),
  ];
}

/** The choice to begin with: the longest preset up to 30 days. */
export const firstChoice = (maxLifetimeSeconds?: number): ExpiryChoice =>
  expiryOptions(maxLifetimeSeconds).findLast(({ value }) => Number(value) <= 30)?.value ?? "date";

/** A choice as the API takes it: the chosen day ends where the person is. */
export function expiryOf(choice: ExpiryChoice, date: string): { expiresInSeconds?: number; expireTime?: string } {
  if (choice === "never") return {};
  if (choice === "date") return { expireTime: new Date(`${date}T23:59:59`).toISOString() };
  return { expiresInSeconds: Number(choice) * DAY };
}

/** A day as date inputs have it, `days` from today. */
export function dayFromNow(days: number, now = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
