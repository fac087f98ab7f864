import type { AuditLogEvent } from "../api/types";
import { CodeBlock } from "../ui/CodeBlock";
import { Dialog } from "../ui/Dialog";
import { Facts } from "../ui/Facts";
import { formatTime } from "../ui/time";
import { actorOf, describeEvent } from "./events";

interface EventDialogProps {
  event: AuditLogEvent;
  nameOf?: (id: string) => string | undefined;
  onClose: () => void;
}

/** All that an event says. */
export function EventDialog({ event, nameOf, onClose }: EventDialogProps) {
  const { kind, id } = actorOf(event);
  const mono = (text: string | null | undefined) => text && <code className="font-mono text-sm break-all">{text}</code>;
  return (
    <Dialog wide title={describeEvent(event.eventName)} onClose={onClose}>
      <Facts
        facts={[
          ["When", formatTime(event.eventTime)],
          ["Event", mono(event.eventName)],
          ["By", (id && nameOf?.(id)) ?? kind],
          ["By (ID)", mono(id)],
          ["On behalf", mono(event.actorImpersonatorUserId)],
          ["About", mono(event.resourceId)],
          ["ID", mono(event.id)],
        ]}
      />
      {event.eventDetails && (
        <CodeBlock label="The event's details" text={JSON.stringify(event.eventDetails, null, 2)} />
      )}
    </Dialog>
  );
}
