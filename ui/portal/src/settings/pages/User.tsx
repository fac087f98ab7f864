import { Badge, Card, Facts, Form, formatTime, Id, Input, Page, toast, useApi, useSession } from "@lockwork/kit";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

export function UserPage() {
  const api = useApi();
  const queries = useQueryClient();
  const { user, organization } = useSession();
  const [displayName, setDisplayName] = useState(user.displayName ?? "");
  const save = async () => {
    await api.frontend.PATCH("/api/frontend/v1/me", { body: { displayName: displayName.trim() || null } });
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["session"] }),
      queries.invalidateQueries({ queryKey: ["users"] }),
    ]);
    toast("Your name is saved");
  };
  const accounts = [user.googleUserId && "Google", user.microsoftUserId && "Microsoft", user.githubUserId && "GitHub"];
  return (
    <Page title="Profile">
      <Card title="Your name" hint="What other members see.">
        <Form submit="Save" onSubmit={save} disabled={displayName.trim() === (user.displayName ?? "")}>
          <Input
            label="Name"
            hideLabel
            className="max-w-md"
            maxLength={256}
            autoComplete="name"
            value={displayName}
            onValue={setDisplayName}
          />
        </Form>
      </Card>
      <Card title="Details">
        <Facts
          facts={[
            ["E-mail", user.email],
            ["Organization", organization.displayName || organization.id],
            [
              "Standing",
              user.owner ? (
                <Badge key="owner" tone="accent">
                  Owner
                </Badge>
              ) : (
                <Badge key="member">Member</Badge>
              ),
            ],
            ["Accounts", accounts.filter(Boolean).join(", ") || undefined],
            ["Joined", formatTime(user.createTime)],
            ["ID", <Id key="id" id={user.id} label="Copy your ID" />],
          ]}
        />
      </Card>
    </Page>
  );
}
