import { useEffect, useRef, useSyncExternalStore } from "react";
import { classes } from "./classes";
import { Icon } from "./Icon";

type Tone = "good" | "bad";

interface Message {
  id: number;
  text: string;
  tone: Tone;
}

const SHOWN_FOR_MS = { good: 4000, bad: 9000 };

let messages: readonly Message[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Message[]) {
  messages = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number) => change(messages.filter((message) => message.id !== id));

/** Says something at the foot of the page: what was done, or what went wrong. */
export function toast(text: string, tone: Tone = "good") {
  const id = ++lastId;
  change([...messages.slice(-2), { id, text, tone }]);
  setTimeout(() => dismiss(id), SHOWN_FOR_MS[tone]);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Where toasts appear, above dialogs too; once an app. */
export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => messages);
  const region = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Opened anew, it is on top of what has been opened since.
    if (region.current?.matches(":popover-open")) region.current.hidePopover();
    if (shown.length) region.current?.showPopover();
  }, [shown]);
  return (
    <div
      ref={region}
      popover="manual"
      role="status"
      className="fixed inset-auto right-4 bottom-4 left-4 m-0 w-auto bg-transparent p-0 sm:left-auto sm:w-96"
    >
      <ul className="grid gap-2">
        {shown.map(({ id, text, tone }) => (
          <li
            key={id}
            className="flex items-start gap-3 rounded-lg border border-line bg-card px-4 py-3 text-text shadow-float"
          >
            <Icon
              name={tone === "good" ? "check" : "alert"}
              className={classes("mt-0.5", tone === "good" ? "text-good" : "text-bad")}
            />
            <span className="min-w-0 grow break-words">{text}</span>
            <button
              type="button"
              aria-label="Dismiss"
              className="cursor-pointer rounded p-1 text-quiet hover:text-text"
              onClick={() => dismiss(id)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
