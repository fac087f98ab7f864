import { Button, Form, Input } from "@lockwork/kit";
import { useState } from "react";
import { useLogin } from "../context";
import type { Progress } from "../flow";
import { Frame } from "../Frame";

interface FieldProps {
  value: string;
  onValue: (value: string) => void;
}

const EmailField = (props: FieldProps) => (
  <Input label="E-mail" name="email" type="email" required autoComplete="username" {...props} />
);
const PresentPassword = (props: FieldProps) => (
  <Input label="Password" name="password" type="password" required autoComplete="current-password" {...props} />
);
const ChosenPassword = (props: FieldProps) => (
  <Input
    label="New password"
    name="password"
    type="password"
    required
    autoComplete="new-password"
    minLength={8}
    maxLength={256}
    hint="8 characters or more."
    {...props}
  />
);

function ForgottenButton({ email }: { email?: string }) {
  const { flow, go } = useLogin();
  if (!flow.settings.mailEnabled) return null;
  return (
    <div className="-mb-4 grid">
      <Button kind="link" onClick={() => go({ at: "forgotten", email })}>
        I forgot my password
      </Button>
    </div>
  );
}

interface SignInByPasswordProps {
  known?: string;
  /** The organization to sign in to; otherwise whichever has this password. */
  organizationId?: string;
}

/** Address and password at once. */
export function SignInByPassword({ known, organizationId }: SignInByPasswordProps) {
  const { flow, go } = useLogin();
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const submit = async () => {
    const body = { email: email.trim(), password, organizationId };
    await flow.fresh(() => flow.api.login.POST("/api/intermediate/v1/verify-password", { body }));
    go(await flow.next());
  };
  return (
    <Frame
      startOver
      title={`Sign in to ${flow.settings.projectDisplayName || "this project"}`}
      hint={organizationId && "With your password of the organization that you are going to."}
    >
      <Form wide submit="Sign in" onSubmit={submit}>
        <EmailField value={email} onValue={setEmail} />
        <PresentPassword value={password} onValue={setPassword} />
      </Form>
      {organizationId && flow.byMail && (
        <div className="-mb-4 grid">
          <Button kind="link" action={async () => go(await flow.sendEmail(email.trim()))}>
            Send me a mail instead
          </Button>
        </div>
      )}
      <ForgottenButton email={email} />
    </Frame>
  );
}

/** The password of the organization that was chosen. */
export function Password({ progress }: { progress: Progress }) {
  const { flow, go } = useLogin();
  const [password, setPassword] = useState("");
  return (
    <Frame
      startOver
      title={progress.organizationDisplayName || "Your password"}
      hint="This organization wants your password."
    >
      <Form wide submit="Continue" onSubmit={async () => go(await flow.givePassword(password))}>
        <PresentPassword value={password} onValue={setPassword} />
      </Form>
      <ForgottenButton email={progress.email} />
    </Frame>
  );
}

/** Choosing a password. */
export function NewPassword({ progress }: { progress: Progress }) {
  const { flow, go } = useLogin();
  const [password, setPassword] = useState("");
  const submit = async () => {
    await flow.api.login.POST("/api/intermediate/v1/register-password", { body: { password } });
    go(await flow.next());
  };
  return (
    <Frame startOver title="Choose a password" hint={`For ${progress.organizationDisplayName || "your account"}.`}>
      <Form wide submit="Continue" onSubmit={submit}>
        <ChosenPassword value={password} onValue={setPassword} />
      </Form>
    </Frame>
  );
}

/** Asking for a mail to choose another password. */
export function Forgotten({ known }: { known?: string }) {
  const { flow } = useLogin();
  const [email, setEmail] = useState(known ?? "");
  const [sentTo, setSentTo] = useState<string>();
  if (sentTo) {
    return (
      <Frame
        startOver
        title="Check your mail"
        hint={`If ${sentTo} has a password here, a link to choose another one is on its way. Open it in this browser.`}
      />
    );
  }
  const submit = async () => {
    const address = email.trim();
    await flow.fresh(() =>
      flow.api.login.POST("/api/intermediate/v1/issue-password-reset-code", { body: { email: address } }),
    );
    setSentTo(address);
  };
  return (
    <Frame
      startOver
      title="Forgotten password"
      hint="We send a link to choose another one, if this address has a password here."
    >
      <Form wide submit="Send the link" onSubmit={submit}>
        <EmailField value={email} onValue={setEmail} />
      </Form>
    </Frame>
  );
}

/** The first owner, by the link that the server's operator was shown. */
export function SignUp({ token }: { token: string }) {
  const { flow, go } = useLogin();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = async () => {
    const body = { signUpToken: token, email: email.trim() };
    await flow.fresh(() => flow.api.login.POST("/api/intermediate/v1/redeem-sign-up-token", { body }));
    await flow.api.login.POST("/api/intermediate/v1/register-password", { body: { password } });
    go(await flow.next());
  };
  return (
    <Frame title={`Sign up to ${flow.settings.projectDisplayName || "this project"}`} hint="You will be its owner.">
      <Form wide submit="Sign up" onSubmit={submit}>
        <EmailField value={email} onValue={setEmail} />
        <ChosenPassword value={password} onValue={setPassword} />
      </Form>
    </Frame>
  );
}
