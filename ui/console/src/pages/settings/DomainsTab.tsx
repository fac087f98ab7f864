import { Card, Facts, Form, Input, lines, TextArea, toast } from "@lockwork/kit";
import { useState } from "react";
import { useMayWrite } from "../../data/staff";
import { updateProject, useProject } from "./context";
import { RedirectsCard } from "./RedirectsCard";

export function DomainsTab() {
  const project = useProject();
  const mayWrite = useMayWrite();
  return (
    <>
      <Card title="Pages" hint="Where people sign in and manage their organization.">
        <Facts
          facts={[
            [
              "Now at",
              <a
                key="now"
                className="font-medium text-accent underline-offset-4 hover:underline"
                href={`${window.location.protocol}//${project.vaultDomain}`}
                target="_blank"
                rel="noopener"
              >
                {project.vaultDomain}
              </a>,
            ],
            ["Cookies for", project.cookieDomain],
            ["Mail from", project.emailSendFromDomain],
          ]}
        />
        {mayWrite && <HostForm />}
      </Card>
      <TrustedDomainsCard />
      <RedirectsCard />
    </>
  );
}

function HostForm() {
  const project = useProject();
  const own = project.vaultDomainCustom ? project.vaultDomain : "";
  const [vaultDomain, setVaultDomain] = useState(own);
  const [cookieDomain, setCookieDomain] = useState(project.cookieDomain);
  const moved = vaultDomain.trim() !== own;
  const save = async () => {
    const cookies = cookieDomain.trim();
    await updateProject({
      ...(moved && { vaultDomain: vaultDomain.trim() }),
      ...(cookies && cookies !== project.cookieDomain && { cookieDomain: cookies }),
    });
    toast("The domains were saved.");
  };
  return (
    <Form submit="Save" onSubmit={save} disabled={!moved && cookieDomain.trim() === project.cookieDomain}>
      <Input
        label="A host of your own"
        optional
        hint="Such as auth.example.com, and it must lead here. Without one the pages stay at the default host."
        className="max-w-md"
        value={vaultDomain}
        onValue={setVaultDomain}
        autoCapitalize="none"
        spellCheck={false}
      />
      <Input
        label="Domain of the session cookies"
        hint="The host of your own, or a domain above it, so that your backend is sent them too."
        className="max-w-md"
        value={cookieDomain}
        onValue={setCookieDomain}
        autoCapitalize="none"
        spellCheck={false}
      />
    </Form>
  );
}

function TrustedDomainsCard() {
  const { trustedDomains = [] } = useProject();
  const mayWrite = useMayWrite();
  const saved = trustedDomains.join("\n");
  const [text, setText] = useState(saved);
  const save = async () => {
    await updateProject({ trustedDomains: lines(text) });
    toast("The trusted domains were saved.");
  };
  return (
    <Card
      title="Trusted domains"
      hint="Their pages, and those below them, may call the Frontend API and be returned to after signing in."
    >
      {mayWrite ? (
        <Form submit="Save" onSubmit={save} disabled={lines(text).join("\n") === saved}>
          <TextArea
            label="Domains"
            hint="One a line, without a scheme. The host of the pages always stays."
            className="max-w-md"
            mono
            value={text}
            onValue={setText}
            spellCheck={false}
            autoCapitalize="none"
          />
        </Form>
      ) : (
        <ul className="font-mono text-sm">
          {trustedDomains.map((domain) => (
            <li key={domain}>{domain}</li>
          ))}
        </ul>
      )}
    </Card>
  );
}
