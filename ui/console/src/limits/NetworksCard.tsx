import { Button, Card, Dialog, Form, lines, TextArea, toast } from "@lockwork/kit";
import { useState } from "react";

type NetworksCardProps = {
  networks?: string[];
  save: false | ((networks: string[] | null) => Promise<unknown>);
};

/** The networks from which keys may be used. */
export function NetworksCard({ networks = [], save }: NetworksCardProps) {
  const [changing, setChanging] = useState(false);
  return (
    <Card
      title="Networks"
      hint="Where the caller's address has to be in, when your backend passes it on."
      actions={
        save && (
          <Button small onClick={() => setChanging(true)}>
            Change
          </Button>
        )
      }
    >
      {networks.length ? (
        <ul className="flex flex-wrap gap-1.5">
          {networks.map((network) => (
            <li key={network} className="rounded-md bg-raised px-2 py-0.5 font-mono text-sm">
              {network}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-quiet">Any network.</p>
      )}
      {changing && save && <NetworksDialog networks={networks} save={save} onClose={() => setChanging(false)} />}
    </Card>
  );
}

type NetworksDialogProps = {
  networks: string[];
  save: (networks: string[] | null) => Promise<unknown>;
  onClose: () => void;
};

function NetworksDialog({ networks, save, onClose }: NetworksDialogProps) {
  const [text, setText] = useState(networks.join("\n"));
  const submit = async () => {
    const chosen = lines(text);
    await save(chosen.length ? chosen : null);
    toast("The networks were saved.");
    onClose();
  };
  return (
    <Dialog title="Networks" onClose={onClose}>
      <Form submit="Save" onSubmit={submit} onCancel={onClose}>
        <TextArea
          label="Addresses and networks"
          hint="One a line, such as 203.0.113.9 or 198.51.100.0/24. Nothing for any network."
          mono
          value={text}
          onValue={setText}
          autoFocus
          spellCheck={false}
        />
      </Form>
    </Dialog>
  );
}
