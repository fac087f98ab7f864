import { CopyButton, Form, Input } from "@lockwork/kit";
import { useState } from "react";
import { QrCode } from "./QrCode";

interface AuthenticatorAppSetupProps {
  /** What the app reads: `otpauth://totp/…`. */
  uri: string;
  onCode: (code: string) => Promise<unknown>;
  onCancel?: () => void;
}

/** Lets people add a key to their authenticator app, and prove that they did. */
export function AuthenticatorAppSetup({ uri, onCode, onCancel }: AuthenticatorAppSetupProps) {
  const [code, setCode] = useState("");
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="grid justify-items-center">
        <QrCode text={uri} label="QR code for your authenticator app" />
      </div>
      <details>
        <summary className="cursor-pointer text-quiet">It cannot be scanned?</summary>
        <div className="grid justify-items-start gap-2 pt-2">
          <p>Enter this key in your app, or open it there if the app is on this device.</p>
          <code className="font-mono text-sm break-words">{secret.replace(/(.{4})/g, "$1 ").trim()}</code>
          <div className="flex flex-wrap items-center gap-3">
            <CopyButton text={secret} label="Copy the key" />
            <a href={uri} className="font-medium text-accent underline-offset-4 hover:underline">
              Open in an app
            </a>
          </div>
        </div>
      </details>
      <Form submit="Continue" wide={!onCancel} onSubmit={() => onCode(code)} onCancel={onCancel}>
        <Input
          label="Code that the app shows"
          name="totpCode"
          value={code}
          onValue={setCode}
          required
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
        />
      </Form>
    </div>
  );
}
