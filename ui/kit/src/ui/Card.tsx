import { type ReactNode, useId } from "react";
import { classes } from "./classes";

interface PartProps {
  title?: string;
  /** Below the title. */
  hint?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page with a frame; what stands in it needs none of its own. */
export const Card = (props: PartProps) => (
  <Part {...props} className="card gap-4 rounded-xl border border-line bg-card p-5" />
);

/** A part of a page whose content has a frame of its own, as tables have. */
export const Section = (props: PartProps) => <Part {...props} className="gap-3" />;

function Part({ title, hint, actions, children, className }: PartProps & { className: string }) {
  const id = useId();
  return (
    <section aria-labelledby={title ? id : undefined} className={classes("grid grid-cols-[minmax(0,1fr)]", className)}>
      {(title || actions) && (
        <header className={classes("flex flex-wrap items-start gap-3", !title && "justify-end")}>
          {title && (
            // Beside a short button even on a phone, above a long one.
            <div className="min-w-0 flex-[1_1_14rem]">
              <h2 id={id} className="text-base font-semibold">
                {title}
              </h2>
              {hint && <p className="max-w-2xl text-pretty text-quiet">{hint}</p>}
            </div>
          )}
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}
