import type { ReactNode } from "react";
import { Button } from "./Button";
import { classes } from "./classes";
import { Skeleton } from "./Skeleton";
import { Empty, Failure } from "./states";

const FROM = { sm: "hidden sm:table-cell", md: "hidden md:table-cell", lg: "hidden lg:table-cell" };

export interface Column<T> {
  title: string;
  cell: (row: T) => ReactNode;
  /** The width of the page from which it is shown. */
  from?: keyof typeof FROM;
  /** Without a visible title, at the row's end: menus. */
  actions?: boolean;
}

interface TableProps<T> {
  /** What the table is called. */
  label: string;
  columns: readonly Column<T>[];
  /** Absent while they are loading. */
  rows: readonly T[] | undefined;
  rowKey: (row: T) => string;
  error?: Error | null;
  retry?: () => void;
  busy?: boolean;
  page?: { index: number; next?: () => void; previous?: () => void };
  /** What stands there when there are no rows: what to do next. */
  empty: ReactNode;
  /** How many rows of a skeleton stand there while it loads. */
  expect?: number;
}

/** Rows in columns, in each of their states. Takes what `usePaged` gives. */
export function Table<T>({ label, columns, rows, rowKey, error, retry, busy, page, empty, expect = 4 }: TableProps<T>) {
  if (error && !rows) return <Failure error={error} retry={retry} />;
  if (rows?.length === 0 && !page?.index) return typeof empty === "string" ? <Empty title={empty} /> : empty;
  const cell = (actions?: boolean) => classes("px-4 align-middle", actions ? "w-0 py-1.5 text-right" : "py-3");
  return (
    <div className="grid gap-3">
      <div className="overflow-x-auto rounded-xl border border-line bg-card">
        <table
          aria-label={label}
          aria-busy={busy || !rows}
          className={classes("w-full text-left transition-opacity", busy && "opacity-60")}
        >
          <thead className="border-b border-line text-sm text-quiet">
            <tr>
              {columns.map(({ title, from, actions }) => (
                <th
                  key={title}
                  scope="col"
                  className={classes("px-4 py-2.5 font-medium whitespace-nowrap", from && FROM[from])}
                >
                  <span className={actions ? "sr-only" : undefined}>{title}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows?.map((row) => (
              <tr key={rowKey(row)} className="border-b border-line last:border-0 hover:bg-ground">
                {columns.map(({ title, cell: show, from, actions }) => (
                  <td key={title} className={classes(cell(actions), from && FROM[from])}>
                    {show(row)}
                  </td>
                ))}
              </tr>
            ))}
            {!rows &&
              Array.from({ length: expect }, (_, index) => (
                <tr key={index} className="border-b border-line last:border-0">
                  {columns.map(({ title, from, actions }, at) => (
                    <td key={title} className={classes(cell(actions), from && FROM[from])}>
                      {actions ? (
                        <div className="size-9" />
                      ) : (
                        <Skeleton className={classes("h-6 max-w-full", at ? "w-20" : "w-32")} />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      {page && <Pagination {...page} />}
    </div>
  );
}

function Pagination({ index, next, previous }: { index: number; next?: () => void; previous?: () => void }) {
  if (!next && !previous) return null;
  return (
    <nav aria-label="Pages" className="flex items-center justify-end gap-2">
      <span className="mr-2 text-sm text-quiet">Page {index + 1}</span>
      <Button small disabled={!previous} onClick={previous}>
        Previous
      </Button>
      <Button small disabled={!next} onClick={next}>
        Next
      </Button>
    </nav>
  );
}
