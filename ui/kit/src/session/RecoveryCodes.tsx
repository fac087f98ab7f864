import { CopyButton } from "../ui/CopyButton";
import { Notice } from "../ui/Notice";

/** Codes that stand in for an authenticator app, the one time that they are shown. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <div className="grid gap-4">
      <Notice tone="warn">Each works once in place of your app. They are not shown again.</Notice>
      <ol className="grid list-decimal gap-1 rounded-lg border border-line bg-ground py-3 pr-3 pl-9 font-mono text-sm">
        {codes.map((code) => (
          <li key={code} className="break-all">
            {code}
          </li>
        ))}
      </ol>
      <CopyButton text={codes.join("\n")} label="Copy the recovery codes" />
    </div>
  );
}
