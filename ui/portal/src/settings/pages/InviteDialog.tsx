import { Checkbox, Dialog, Form, Input, toast, useApi } from "@lockwork/kit";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [owner, setOwner] = useState(false);
  const invite = async () => {
    await api.frontend.POST("/api/frontend/v1/user-invites", {
      params: { query: { sendEmail: true } },
      body: { email: email.trim(), owner },
    });
    toast(`${email.trim()} is invited`);
    await queries.invalidateQueries({ queryKey: ["user-invites"] });
    onClose();
  };
  return (
    <Dialog title="Invite somebody" hint="They get a mail, and join by signing in with this address." onClose={onClose}>
      <Form submit="Invite" onSubmit={invite} onCancel={onClose}>
        <Input label="E-mail" type="email" required autoComplete="off" value={email} onValue={setEmail} />
        <Checkbox
          label="As an owner"
          hint="Owners manage people, roles, API keys and how people sign in."
          checked={owner}
          onChecked={setOwner}
        />
      </Form>
    </Dialog>
  );
}
