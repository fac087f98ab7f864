import { Button, createApi, data, sentence, Spinner, Toaster } from "@lockwork/kit";
import { useEffect, useState } from "react";
import { LoginContext } from "./context";
import { enter } from "./entrances";
import { LoginFlow, type Step } from "./flow";
import { StepView } from "./StepView";

const api = createApi();

async function start(): Promise<{ flow: LoginFlow; step: Step | Error }> {
  const { settings } = await data(api.login.GET("/api/intermediate/v1/settings"));
  const parameters = new URLSearchParams(location.search);
  const flow = new LoginFlow(api, settings, parameters);
  const step = await enter(flow, location.pathname, parameters).catch((error: Error) => error);
  return { flow, step };
}

let started: ReturnType<typeof start> | undefined;

/** The sign-in pages. */
export default function Login() {
  const [state, setState] = useState<{ flow: LoginFlow; step: Step | Error } | Error>();
  useEffect(() => {
    // Codes in the address work once, and effects may run twice.
    started ??= start();
    started.then(setState, setState);
  }, []);
  return (
    <div className="flex min-h-dvh">
      <Beside name={state && !(state instanceof Error) ? state.flow.settings.projectDisplayName : undefined} />
      <div className="grid grow place-items-center p-4">
        <View state={state} onStep={(flow, step) => setState({ flow, step })} />
      </div>
      <Toaster />
    </div>
  );
}

/** A surface in the project's colour where there is room for it and `/branding.css` asks for it: before any script runs. */
function Beside({ name }: { name: string | undefined }) {
  return (
    <div
      aria-hidden="true"
      className="hidden w-2/5 content-end bg-linear-to-br from-brand to-brand-hover p-12 text-on-brand lg:[display:var(--beside-login,none)]"
    >
      <p className="text-4xl font-semibold tracking-tight break-words">{name}</p>
    </div>
  );
}

interface ViewProps {
  state: { flow: LoginFlow; step: Step | Error } | Error | undefined;
  onStep: (flow: LoginFlow, step: Step) => void;
}

function View({ state, onStep }: ViewProps) {
  if (!state) return <Wait />;
  if (state instanceof Error) return <Failed error={state} again={async () => location.reload()} />;
  const { flow, step } = state;
  if (step instanceof Error) {
    const again = async () => {
      await flow.begin();
      onStep(flow, { at: "identify" });
    };
    return <Failed error={step} again={again} />;
  }
  if (step.at === "leaving") return <Wait />;
  return (
    <LoginContext value={{ flow, go: (step) => onStep(flow, step) }}>
      <StepView key={step.at} step={step} />
    </LoginContext>
  );
}

function Wait() {
  return (
    <main aria-label="One moment" aria-busy="true" className="text-quiet">
      <Spinner className="size-6" />
    </main>
  );
}

function Failed({ error, again }: { error: Error; again: () => Promise<unknown> }) {
  return (
    <main className="grid w-full max-w-sm gap-5 rounded-2xl border border-line bg-card p-6 sm:p-8">
      <div role="alert" className="grid gap-1">
        <h1 className="text-xl font-semibold tracking-tight">That did not work</h1>
        <p className="break-words text-quiet">{sentence(error)}</p>
      </div>
      <Button kind="main" wide action={again}>
        Sign in
      </Button>
    </main>
  );
}
