import { Button, Form, Input, toast } from "@lockwork/kit";
import { useState } from "react";
import { useLogin } from "../context";
import { PROVIDER_NAMES, type Provider } from "../flow";
import { Frame, Or } from "../Frame";

const PROVIDERS: readonly Provider[] = ["google", "microsoft", "github"];

/** The ways to say who one is. */
export function AskEmail({ known }: { known?: string }) {
  const { flow, go } = useLogin();
  const { settings } = flow;
  const [email, setEmail] = useState(known ?? "");
  const providers = PROVIDERS.filter((provider) => settings.providers?.includes(provider));
  const { byMail } = flow;
  const byPassword = settings.logInWithPassword;
  return (
    <Frame title={`Sign in to ${settings.projectDisplayName || "this project"}`}>
      {providers.length > 0 && (
        <div className="grid gap-2">
          {providers.map((provider) => (
            <Button key={provider} wide action={async () => go(await flow.toProvider(provider))}>
              Continue with {PROVIDER_NAMES[provider]}
            </Button>
          ))}
        </div>
      )}
      {providers.length > 0 && (byMail || byPassword) && <Or />}
      {byMail && (
        <Form wide submit="Continue" onSubmit={async () => go(await flow.sendEmail(email.trim()))}>
          <Input
            label="E-mail"
            name="email"
            type="email"
            required
            autoComplete="username"
            value={email}
            onValue={setEmail}
          />
        </Form>
      )}
      {byPassword && (
        <div className={byMail ? "-mb-4 grid" : "grid"}>
          <Button kind={byMail ? "link" : "main"} onClick={() => go({ at: "signInByPassword" })}>
            Use a password
          </Button>
        </div>
      )}
      {!providers.length && !byMail && !byPassword && (
        <p>No way to sign in is switched on. Ask whoever runs this for help.</p>
      )}
    </Frame>
  );
}

/** The code that was mailed. */
export function EmailCode({ email }: { email: string }) {
  const { flow, go } = useLogin();
  const [code, setCode] = useState("");
  const again = async () => {
    await flow.sendEmail(email);
    toast("Another mail is on its way");
  };
  return (
    <Frame startOver title="Check your mail" hint={`We sent a link and a code to ${email}.`}>
      <Form wide submit="Continue" onSubmit={async () => go(await flow.verifyEmail(code))}>
        <Input
          label="Code"
          name="code"
          required
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={60}
          value={code}
          onValue={setCode}
        />
      </Form>
      <div className="-mb-4 grid">
        <Button kind="link" action={again}>
          Send another mail
        </Button>
      </div>
    </Frame>
  );
}
