import { Button, Logo } from "@lockwork/kit";
import { type ReactNode, useEffect, useRef } from "react";
import { useLogin } from "./context";

interface FrameProps {
  title: string;
  hint?: ReactNode;
  /** Offers to begin anew. */
  startOver?: boolean;
  children?: ReactNode;
}

/** What every step stands in. Puts the focus where one begins. */
export function Frame({ title, hint, startOver, children }: FrameProps) {
  const { flow, go } = useLogin();
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = title;
    const first = main.current?.querySelector<HTMLElement>("input, button");
    (first instanceof HTMLInputElement ? first : main.current?.querySelector("h1"))?.focus();
  }, [title]);
  const { projectDisplayName: project = "", logoUrl, darkModeLogoUrl } = flow.settings;
  const again = async () => {
    await flow.begin();
    go({ at: "identify" });
  };
  return (
    <main ref={main} className="grid w-full max-w-sm gap-5 rounded-2xl border border-line bg-card p-6 sm:p-8">
      {logoUrl && <Logo name={project} url={logoUrl} darkModeUrl={darkModeLogoUrl} className="h-9" />}
      <div className="grid gap-1">
        {project && !logoUrl && !title.includes(project) && <p className="text-sm text-quiet">{project}</p>}
        <h1 tabIndex={-1} className="text-xl leading-tight font-semibold tracking-tight break-words">
          {title}
        </h1>
        {hint && <div className="break-words text-quiet">{hint}</div>}
      </div>
      {children}
      {startOver && (
        <div className="-mt-2 grid">
          <Button kind="quiet" action={again}>
            Start over
          </Button>
        </div>
      )}
    </main>
  );
}

/** A line between two ways. */
export function Or() {
  return (
    <div className="flex items-center gap-3 text-sm text-quiet">
      <hr className="grow border-line" /> or <hr className="grow border-line" />
    </div>
  );
}
