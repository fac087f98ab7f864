import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  data,
  Dialog,
  DialogActions,
  RecoveryCodes,
  toast,
  useApi,
  useSession,
} from "@lockwork/kit";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { AuthenticatorAppSetup } from "../../../AuthenticatorAppSetup";

export function AuthenticatorApp() {
  const { frontend } = useApi();
  const queries = useQueryClient();
  const { user, organization } = useSession();
  const [uri, setUri] = useState<string>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [removing, setRemoving] = useState(false);
  const changed = () => queries.invalidateQueries({ queryKey: ["session"] });
  const begin = async () =>
    setUri((await data(frontend.POST("/api/frontend/v1/me/authenticator-app/options"))).otpauthUri);
  const register = async (totpCode: string) => {
    const answer = await data(frontend.POST("/api/frontend/v1/me/authenticator-app/register", { body: { totpCode } }));
    setUri(undefined);
    setCodes(answer.recoveryCodes);
    await changed();
  };
  const remove = async () => {
    await frontend.DELETE("/api/frontend/v1/me/authenticator-app");
    toast("Your authenticator app is removed");
    await changed();
  };
  return (
    <Card
      title="Authenticator app"
      hint="A second factor: codes that an app on your phone shows."
      actions={
        <div className="flex flex-wrap gap-2">
          {user.hasAuthenticatorApp && <Button onClick={() => setRemoving(true)}>Remove…</Button>}
          {organization.logInWithAuthenticatorApp && (
            <Button action={begin}>{user.hasAuthenticatorApp ? "Set up another" : "Set up"}</Button>
          )}
        </div>
      }
    >
      <p>
        {user.hasAuthenticatorApp ? (
          <Badge tone="good">Set up</Badge>
        ) : (
          <span className="text-quiet">You have none yet.</span>
        )}
      </p>
      {uri && (
        <Dialog
          title="Set up your authenticator app"
          hint="Scan this with your app, then enter the code that it shows."
          onClose={() => setUri(undefined)}
        >
          <AuthenticatorAppSetup uri={uri} onCode={register} onCancel={() => setUri(undefined)} />
        </Dialog>
      )}
      {codes && (
        <Dialog title="Keep these recovery codes">
          <RecoveryCodes codes={codes} />
          <DialogActions>
            <Button kind="main" onClick={() => setCodes(undefined)}>
              I have kept them
            </Button>
          </DialogActions>
        </Dialog>
      )}
      {removing && (
        <ConfirmDialog
          title="Remove your authenticator app?"
          confirm="Remove it"
          onConfirm={remove}
          onClose={() => setRemoving(false)}
        >
          Its codes and your recovery codes stop working.
        </ConfirmDialog>
      )}
    </Card>
  );
}
