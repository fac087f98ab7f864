import { classes } from "./classes";

/** Stands where something will be, in its size. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden="true" className={classes("animate-pulse rounded-md bg-raised", className)} />;
}
