import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";

interface DialogProps {
  title: ReactNode;
  hint?: ReactNode;
  /** Asked for by Escape and the cross; without it the dialog only closes by what is in it. */
  onClose?: () => void;
  wide?: boolean;
  children: ReactNode;
}

/**
 * A dialog over the page, there as long as it is rendered. The browser's own, which keeps the focus within; it begins at
 * what has `data-focus`, at the first field, or at the title.
 */
export function Dialog({ title, hint, onClose, wide, children }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  // Before the element leaves the page: only a dialog that was closed gives the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    const [marked, first, title] = ["[data-focus]", "input, select, textarea", "h2"].map((selector) =>
      dialog?.querySelector<HTMLElement>(selector),
    );
    (marked ?? first ?? title)?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={`${id}-title`}
      aria-describedby={hint ? `${id}-hint` : undefined}
      className={classes(
        "m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] scroll-pb-32 overflow-y-auto overscroll-contain rounded-xl border border-line bg-card p-0 text-text shadow-float backdrop:bg-veil",
        wide ? "max-w-2xl" : "max-w-md",
      )}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onKeyDown={(event) => {
        // A second Escape would close it without asking.
        if (event.key === "Escape" && !onClose) event.preventDefault();
      }}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-5 sm:p-6">
        <header className="flex items-start justify-between gap-4">
          <div className="min-w-0">
            <h2
              id={`${id}-title`}
              tabIndex={-1}
              className="leading-snug font-semibold break-words outline-none sm:text-lg"
            >
              {title}
            </h2>
            {hint && (
              <p id={`${id}-hint`} className="mt-1 text-quiet">
                {hint}
              </p>
            )}
          </div>
          {onClose && (
            <button
              type="button"
              aria-label="Close"
              className="-mt-1 -mr-1 cursor-pointer rounded-lg p-2 text-quiet hover:bg-raised hover:text-text"
              onClick={onClose}
            >
              <Icon name="close" />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** The buttons at a dialog's end, in sight however long it is: the main one last, and on top on a phone. */
export function DialogActions({ children }: { children: ReactNode }) {
  return (
    <div className="sticky bottom-0 -mx-5 -mb-5 flex flex-col-reverse gap-2 bg-card px-5 pt-1 pb-5 sm:-mx-6 sm:-mb-6 sm:flex-row sm:justify-end sm:px-6 sm:pb-6">
      {children}
    </div>
  );
}
