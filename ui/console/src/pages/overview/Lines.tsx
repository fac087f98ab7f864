import { Skeleton } from "@lockwork/kit";
import type { ReactNode } from "react";

type Line = { id: string; title: ReactNode; hint?: ReactNode; end: ReactNode };

/** A short list, a line or two for each. */
export function Lines({ rows, empty }: { rows: Line[]; empty: string }) {
  if (!rows.length) return <p className="text-quiet">{empty}</p>;
  return (
    <ul className="-my-2 divide-y divide-line">
      {rows.map(({ id, title, hint, end }) => (
        <li key={id} className="flex items-baseline justify-between gap-4 py-2.5">
          <span className="min-w-0">
            {title}
            {hint && <span className="block truncate text-sm text-quiet">{hint}</span>}
          </span>
          <span className="shrink-0 text-sm text-quiet">{end}</span>
        </li>
      ))}
    </ul>
  );
}

Lines.Skeleton = function LinesSkeleton() {
  return (
    <div className="grid gap-4">
      {["w-2/3", "w-1/2", "w-3/5", "w-2/5"].map((width) => (
        <Skeleton key={width} className={`h-6 ${width}`} />
      ))}
    </div>
  );
};
