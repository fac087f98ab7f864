import { Button, data, Form, givePasskey, Input, makePasskey, RecoveryCodes } from "@lockwork/kit";
import { useState } from "react";
import { AuthenticatorAppSetup } from "../../AuthenticatorAppSetup";
import { useLogin } from "../context";
import type { Progress } from "../flow";
import { Frame, Or } from "../Frame";

/** A passkey or an authenticator app: to show, or to set up where there is none yet. */
export function SecondFactor({ progress }: { progress: Progress }) {
  const factors = progress.secondFactors;
  const passkey = Boolean(factors?.hasPasskey && factors.takesPasskeys);
  const app = Boolean(factors?.hasAuthenticatorApp && factors.takesAuthenticatorApps);
  return passkey || app ? <Give passkey={passkey} app={app} /> : <SetUp progress={progress} />;
}

function Give({ passkey, app }: { passkey: boolean; app: boolean }) {
  const { flow, go } = useLogin();
  const [totpCode, setTotpCode] = useState("");
  const [recovering, setRecovering] = useState(false);
  if (recovering) return <Recovery onBack={() => setRecovering(false)} />;
  const byPasskey = async () => {
    const { options } = await data(flow.api.login.POST("/api/intermediate/v1/issue-passkey-challenge"));
    await flow.api.login.POST("/api/intermediate/v1/verify-passkey", { body: await givePasskey(options) });
    go(await flow.next());
  };
  const byApp = async () => {
    await flow.api.login.POST("/api/intermediate/v1/verify-authenticator-app", { body: { totpCode } });
    go(await flow.next());
  };
  return (
    <Frame startOver title="Your second factor">
      {passkey && (
        <Button wide kind={app ? "plain" : "main"} action={byPasskey}>
          Use a passkey
        </Button>
      )}
      {passkey && app && <Or />}
      {app && (
        <>
          <Form wide submit="Continue" onSubmit={byApp}>
            <Input
              label="Code of your authenticator app"
              name="totpCode"
              required
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
              value={totpCode}
              onValue={setTotpCode}
            />
          </Form>
          <div className="-mb-4 grid">
            <Button kind="link" onClick={() => setRecovering(true)}>
              Use a recovery code
            </Button>
          </div>
        </>
      )}
    </Frame>
  );
}

function Recovery({ onBack }: { onBack: () => void }) {
  const { flow, go } = useLogin();
  const [recoveryCode, setRecoveryCode] = useState("");
  const submit = async () => {
    const body = { recoveryCode: recoveryCode.trim() };
    await flow.api.login.POST("/api/intermediate/v1/verify-authenticator-app", { body });
    go(await flow.next());
  };
  return (
    <Frame title="Recovery code" hint="Each works once.">
      <Form wide submit="Continue" onSubmit={submit}>
        <Input
          label="Recovery code"
          name="recoveryCode"
          required
          autoComplete="off"
          mono
          value={recoveryCode}
          onValue={setRecoveryCode}
        />
      </Form>
      <Button kind="quiet" onClick={onBack}>
        Back
      </Button>
    </Frame>
  );
}

function SetUp({ progress }: { progress: Progress }) {
  const { flow, go } = useLogin();
  const [uri, setUri] = useState<string>();
  const [codes, setCodes] = useState<readonly string[]>();
  const byPasskey = async () => {
    const { options } = await data(flow.api.login.POST("/api/intermediate/v1/get-passkey-options"));
    await flow.api.login.POST("/api/intermediate/v1/register-passkey", { body: await makePasskey(options) });
    go(await flow.next());
  };
  if (codes) {
    return (
      <Frame title="Keep these recovery codes">
        <RecoveryCodes codes={codes} />
        <Button wide kind="main" action={async () => go(await flow.next())}>
          I have kept them
        </Button>
      </Frame>
    );
  }
  if (uri) {
    const register = async (totpCode: string) => {
      const answer = await data(
        flow.api.login.POST("/api/intermediate/v1/register-authenticator-app", { body: { totpCode } }),
      );
      setCodes(answer.recoveryCodes);
    };
    return (
      <Frame startOver title="Authenticator app" hint="Scan this with your app, then enter the code that it shows.">
        <AuthenticatorAppSetup uri={uri} onCode={register} />
      </Frame>
    );
  }
  const byApp = async () =>
    setUri((await data(flow.api.login.POST("/api/intermediate/v1/get-authenticator-app-options"))).otpauthUri);
  return (
    <Frame
      startOver
      title="Set up a second factor"
      hint={`${progress.organizationDisplayName || "This organization"} wants one.`}
    >
      <div className="grid gap-2">
        {progress.secondFactors?.takesPasskeys && (
          <Button wide kind="main" action={byPasskey}>
            Make a passkey
          </Button>
        )}
        {progress.secondFactors?.takesAuthenticatorApps && (
          <Button wide action={byApp}>
            Use an authenticator app
          </Button>
        )}
      </div>
    </Frame>
  );
}
