import {
  Button,
  Card,
  ConfirmDialog,
  data,
  Failure,
  type FrontendSchema,
  hasPasskeys,
  Icon,
  makePasskey,
  Skeleton,
  TimeAgo,
  toast,
  useApi,
} from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

type Passkey = FrontendSchema["Passkey"];

export function Passkeys() {
  const { frontend } = useApi();
  const [deleting, setDeleting] = useState<Passkey>();
  const passkeys = useQuery({
    queryKey: ["passkeys"],
    queryFn: async () => (await data(frontend.GET("/api/frontend/v1/me/passkeys"))).passkeys ?? [],
  });
  const add = async () => {
    const { options } = await data(frontend.POST("/api/frontend/v1/me/passkeys/options"));
    await frontend.POST("/api/frontend/v1/me/passkeys/register", { body: await makePasskey(options) });
    toast("You have a new passkey");
    await passkeys.refetch();
  };
  const remove = async ({ id }: Passkey) => {
    await frontend.DELETE("/api/frontend/v1/me/passkeys/{id}", { params: { path: { id } } });
    toast("The passkey is deleted");
    await passkeys.refetch();
  };
  return (
    <Card
      title="Passkeys"
      hint="A second factor: this device, or a security key."
      actions={
        hasPasskeys() && (
          <Button icon={<Icon name="plus" />} action={add}>
            Add a passkey
          </Button>
        )
      }
    >
      {passkeys.error ? (
        <Failure error={passkeys.error} retry={() => void passkeys.refetch()} />
      ) : !passkeys.data ? (
        <Skeleton className="h-10" />
      ) : passkeys.data.length === 0 ? (
        <p className="text-quiet">You have none yet.</p>
      ) : (
        <ul className="grid divide-y divide-line">
          {passkeys.data.map((passkey) => (
            <li key={passkey.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
              <span>
                Passkey for {passkey.rpId}
                <span className="block text-sm text-quiet">
                  Created <TimeAgo time={passkey.createTime} />, last used <TimeAgo time={passkey.updateTime} />
                  {passkey.disabled && ", out of use"}
                </span>
              </span>
              <Button small kind="quiet" onClick={() => setDeleting(passkey)}>
                Delete…
              </Button>
            </li>
          ))}
        </ul>
      )}
      {deleting && (
        <ConfirmDialog
          title="Delete the passkey?"
          confirm="Delete the passkey"
          onConfirm={() => remove(deleting)}
          onClose={() => setDeleting(undefined)}
        >
          You cannot sign in by it any more. Your device may still show it.
        </ConfirmDialog>
      )}
    </Card>
  );
}
