import { Badge, Button, Dialog, DialogActions, Table, TimeAgo, toast, usePaged } from "@lockwork/kit";
import { backend, call, renew } from "../../../data/api";
import type { User } from "../../../data/types";

/** Where a person is signed in, each to be ended. */
export function SessionsDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const name = ["user", user.id, "sessions"];
  const sessions = usePaged(name, async (pageToken) => {
    const query = { userId: user.id, live: true, pageToken, pageSize: 10 };
    const answer = await call(backend.GET("/v1/sessions", { params: { query } }));
    return { rows: answer.sessions ?? [], nextPageToken: answer.nextPageToken };
  });
  const end = async (id: string) => {
    await call(backend.POST("/v1/sessions/{id}/revoke", { params: { path: { id } } }));
    await renew(name);
    toast("The session was ended.");
  };
  return (
    <Dialog wide title={`Sessions of ${user.displayName || user.email}`} onClose={onClose}>
      <Table
        label="Sessions"
        {...sessions}
        rowKey={({ id }) => id}
        expect={2}
        empty="They are signed in nowhere."
        columns={[
          {
            title: "Signed in",
            cell: ({ createTime, impersonatorUserId }) => (
              <>
                <TimeAgo time={createTime} /> {impersonatorUserId && <Badge tone="warn">By your team</Badge>}
              </>
            ),
          },
          { title: "Last active", from: "sm", cell: ({ lastActiveTime }) => <TimeAgo time={lastActiveTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: ({ id }) => (
              <Button small action={() => end(id)}>
                End
              </Button>
            ),
          },
        ]}
      />
      <DialogActions>
        <Button kind="main" onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
