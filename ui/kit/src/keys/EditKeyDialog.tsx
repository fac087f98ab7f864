import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fieldOf, sentence } from "../api/errors";
import type { ApiKey, LimitBody } from "../api/types";
import { Dialog } from "../ui/Dialog";
import { Input, Select, TextArea } from "../ui/Field";
import { Form } from "../ui/Form";
import { toast } from "../ui/Toaster";
import { formatTime } from "../ui/time";
import { lines } from "../ui/lines";
import { dayFromNow, type ExpiryChoice, expiryOf } from "./expiry";
import { ExpiryField } from "./ExpiryField";
import { LimitsEditor } from "./LimitsEditor";
import { limitBody } from "./limits";
import type { KeySource } from "./source";

interface EditKeyDialogProps {
  source: KeySource;
  apiKey: ApiKey;
  onClose: () => void;
}

/** Changes what a key is called, when it ends, where it may be used from, and its limits; only what was changed is sent. */
export function EditKeyDialog({ source, apiKey, onClose }: EditKeyDialogProps) {
  const queries = useQueryClient();
  const [displayName, setDisplayName] = useState(apiKey.displayName ?? "");
  const [description, setDescription] = useState(apiKey.description ?? "");
  const [expiry, setExpiry] = useState<"keep" | "change">("keep");
  const [choice, setChoice] = useState<ExpiryChoice>("date");
  const [date, setDate] = useState(() => dayFromNow(30));
  const [tags, setTags] = useState<string>();
  const [networks, setNetworks] = useState<string>();
  const [limits, setLimits] = useState<readonly LimitBody[]>();
  const [wrong, setWrong] = useState<{ field?: string; text: string }>();

  const save = async () => {
    setWrong(undefined);
    const until = expiry === "keep" ? {} : choice === "never" ? { expireTime: null } : expiryOf(choice, date);
    try {
      await source.update(apiKey.id, {
        displayName: displayName.trim(),
        description: description.trim(),
        ...until,
        ...(tags !== undefined && { tags: lines(tags) }),
        ...(networks !== undefined && { ipAllowlist: lines(networks) }),
        ...(limits && { limits: [...limits] }),
      });
    } catch (error) {
      setWrong({ field: fieldOf(error), text: sentence(error) });
      throw error;
    }
    toast("The key is changed");
    await queries.invalidateQueries({ queryKey: source.name });
    onClose();
  };
  const present = apiKey.expireTime ? formatTime(apiKey.expireTime) : "never";
  return (
    <Dialog wide title="Change the key" onClose={onClose}>
      <Form submit="Save" onSubmit={save} onCancel={onClose}>
        <Input
          label="Name"
          value={displayName}
          onValue={setDisplayName}
          error={wrong?.field === "displayName" ? wrong.text : undefined}
          required
          maxLength={256}
          autoComplete="off"
        />
        <TextArea label="Description" optional value={description} onValue={setDescription} maxLength={1024} />
        <Select
          label="Expiry"
          value={expiry}
          options={[
            { value: "keep", label: `As it is: ${present}` },
            { value: "change", label: "Another…" },
          ]}
          onValue={setExpiry}
        />
        {expiry === "change" && (
          <ExpiryField
            {...{ choice, date }}
            onChoice={setChoice}
            onDate={setDate}
            maxLifetimeSeconds={source.maxLifetimeSeconds}
          />
        )}
        <Input
          label="Tags"
          hint="To find it by, with commas between."
          optional
          value={tags ?? apiKey.tags?.join(", ") ?? ""}
          onValue={setTags}
          error={wrong?.field === "tags" ? wrong.text : undefined}
          autoComplete="off"
        />
        {source.maySetLimits(apiKey) && (
          <>
            <TextArea
              label="Networks"
              hint="From where it may be used, one a line, such as 203.0.113.9 or 198.51.100.0/24. Nothing for any network."
              optional
              mono
              value={networks ?? apiKey.ipAllowlist?.join("\n") ?? ""}
              onValue={setNetworks}
              error={wrong?.field === "ipAllowlist" ? wrong.text : undefined}
              spellCheck={false}
            />
            <fieldset>
              <legend className="mb-1.5 font-medium">Limits</legend>
              <LimitsEditor limits={limits ?? apiKey.limits?.map(limitBody) ?? []} onLimits={setLimits} />
            </fieldset>
          </>
        )}
      </Form>
    </Dialog>
  );
}
