import { Card, Icon, Link } from "@lockwork/kit";
import type { Step } from "./checklist";

/** The way to a first verified request; gone once that has been made. */
export function GettingStarted({ steps }: { steps: Step[] }) {
  if (!steps.length) return null;
  const done = steps.filter((step) => step.done).length;
  return (
    <Card title="Getting started" hint={`${done} of ${steps.length} steps done`}>
      <ol className="grid gap-x-6 gap-y-1 lg:grid-flow-col lg:grid-cols-2 lg:grid-rows-4">
        {steps.map((step) => (
          <li key={step.title}>
            <StepLine step={step} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function StepLine({ step: { title, help, to, done } }: { step: Step }) {
  return (
    <Link bare href={to} className="flex items-start gap-3 rounded-lg p-2 hover:bg-raised">
      <span
        className={`mt-0.5 inline-flex size-5 shrink-0 items-center justify-center rounded-full border ${done ? "border-good bg-good-soft text-good" : "border-edge"}`}
      >
        {done && <Icon name="check" className="size-3" />}
      </span>
      <span className="min-w-0">
        <span className={done ? "text-quiet" : "font-medium"}>{title}</span>
        <span className="sr-only">{done ? " (done)" : " (to do)"}</span>
        {!done && <span className="block text-sm text-quiet">{help}</span>}
      </span>
    </Link>
  );
}
