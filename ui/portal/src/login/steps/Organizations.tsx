import { Button, data, Form, Icon, Input, type LoginSchema } from "@lockwork/kit";
import { useState } from "react";
import { useLogin } from "../context";
import { Frame, Or } from "../Frame";

/** The organizations that one may go to, and a new one where the project allows it. */
export function Organizations({ organizations }: { organizations: readonly LoginSchema["Organization"][] }) {
  const { flow, go } = useLogin();
  const [displayName, setDisplayName] = useState("");
  const mayCreate = flow.settings.selfServeCreateOrganizations;
  const create = async () => {
    await data(
      flow.api.login.POST("/api/intermediate/v1/organizations", { body: { displayName: displayName.trim() } }),
    );
    go(await flow.next());
  };
  const nowhere = !organizations.length && !mayCreate;
  return (
    <Frame
      startOver
      title={organizations.length || nowhere ? "Choose an organization" : "Create your organization"}
      hint={nowhere ? "No organization here knows this address. Ask to be invited." : undefined}
    >
      {organizations.length > 0 && (
        <ul className="grid gap-2">
          {organizations.map(({ id, displayName }) => (
            <li key={id}>
              <Button wide action={async () => go(await flow.choose(id))}>
                <span className="flex w-full min-w-0 items-center justify-between gap-3">
                  <span className="truncate">{displayName || id}</span>
                  <Icon name="arrow" className="text-quiet" />
                </span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {organizations.length > 0 && mayCreate && <Or />}
      {mayCreate && (
        <Form wide submit="Create it" kind={organizations.length ? "plain" : "main"} onSubmit={create}>
          <Input
            label="Name of a new organization"
            name="displayName"
            required
            maxLength={256}
            value={displayName}
            onValue={setDisplayName}
          />
        </Form>
      )}
    </Frame>
  );
}
