import { Checkbox, Dialog, Form, Input, Notice, toast } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../../data/api";

/** Invites somebody by mail. */
export function InviteDialog({ organizationId, onClose }: { organizationId: string; onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [owner, setOwner] = useState(false);
  const [sendEmail, setSendEmail] = useState(true);
  const invite = async () => {
    const body = { organizationId, email: email.trim(), owner };
    await call(backend.POST("/v1/user-invites", { params: { query: { sendEmail } }, body }));
    await renew(["invites", organizationId]);
    toast(sendEmail ? `An invitation is on its way to ${body.email}.` : `${body.email} can join by signing in.`);
    onClose();
  };
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      <Form submit="Invite" onSubmit={invite} onCancel={onClose} disabled={!email.trim()}>
        <Input label="E-mail address" type="email" value={email} onValue={setEmail} autoFocus autoComplete="off" />
        <Checkbox
          label="As an owner"
          hint="Owners manage the organization's people, keys and settings."
          checked={owner}
          onChecked={setOwner}
        />
        <Checkbox label="Tell them by mail" checked={sendEmail} onChecked={setSendEmail} />
        {!sendEmail && <Notice>They join when they sign in with this address. Tell them yourself where.</Notice>}
      </Form>
    </Dialog>
  );
}
