import {
  Badge,
  ConfirmDialog,
  data,
  type FrontendSchema,
  Menu,
  Section,
  Table,
  TimeAgo,
  toast,
  useApi,
  usePaged,
  useSession,
} from "@lockwork/kit";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

type Session = FrontendSchema["Session"];

const FACTORS: Record<number, string> = {
  1: "E-mail",
  2: "Google",
  3: "Microsoft",
  4: "SAML",
  5: "Support",
  6: "GitHub",
  7: "OpenID Connect",
  8: "Password",
};

/** Where one is signed in. */
export function Sessions() {
  const { frontend } = useApi();
  const queries = useQueryClient();
  const { claims } = useSession();
  const [ending, setEnding] = useState<Session>();
  const paged = usePaged(["sessions"], async (pageToken) => {
    const query = { pageToken, pageSize: 10 };
    const page = await data(frontend.GET("/api/frontend/v1/me/sessions", { params: { query } }));
    return { rows: page.sessions ?? [], nextPageToken: page.nextPageToken };
  });
  const end = async ({ id }: Session) => {
    await frontend.POST("/api/frontend/v1/me/sessions/{id}/revoke", { params: { path: { id } } });
    toast("The session is over");
    await queries.invalidateQueries({ queryKey: ["sessions"] });
  };
  const isOver = ({ revoked, expireTime }: Session) => revoked || Date.parse(expireTime) <= Date.now();
  return (
    <Section title="Sessions" hint="Where you are signed in, and were.">
      <Table
        label="Sessions"
        {...paged}
        rowKey={({ id }) => id}
        expect={3}
        empty="There are no sessions"
        columns={[
          {
            title: "Signed in by",
            cell: (session) => (
              <span className="inline-flex flex-wrap items-center gap-2">
                {FACTORS[session.primaryAuthFactor] ?? "Another way"}
                {session.id === claims?.session.id && <Badge tone="accent">This one</Badge>}
                {isOver(session) && <Badge>Over</Badge>}
              </span>
            ),
          },
          { title: "Began", from: "sm", cell: ({ createTime }) => <TimeAgo time={createTime} /> },
          { title: "Last active", cell: ({ lastActiveTime }) => <TimeAgo time={lastActiveTime} /> },
          {
            title: "Actions",
            actions: true,
            cell: (session) => (
              <Menu
                label={`Actions for the session of ${session.createTime}`}
                items={[
                  !isOver(session) &&
                    session.id !== claims?.session.id && {
                      label: "End it…",
                      danger: true,
                      onSelect: () => setEnding(session),
                    },
                ]}
              />
            ),
          },
        ]}
      />
      {ending && (
        <ConfirmDialog
          title="End the session?"
          confirm="End the session"
          onConfirm={() => end(ending)}
          onClose={() => setEnding(undefined)}
        >
          Whoever uses it has to sign in again, within five minutes at most.
        </ConfirmDialog>
      )}
    </Section>
  );
}
