import { type ReactNode, useState } from "react";
import type { AuditLogEvent } from "../api/types";
import { Button } from "../ui/Button";
import { Input, Select } from "../ui/Field";
import { type Rows, usePaged } from "../ui/paged";
import { SearchBox } from "../ui/SearchBox";
import { Empty } from "../ui/states";
import { Table } from "../ui/Table";
import { TimeAgo } from "../ui/TimeAgo";
import { EventDialog } from "./EventDialog";
import { actorOf, describeEvent } from "./events";

/** What is looked for; the days as date inputs have them. */
export interface AuditFilter {
  event?: string;
  /** The id of the person who did it. */
  person?: string;
  from?: string;
  to?: string;
}

/** The bounds of a filter as moments: its days begin and end where the person is. */
export const boundsOf = ({ from, to }: AuditFilter): { start?: string; end?: string } => ({
  start: from && new Date(`${from}T00:00:00`).toISOString(),
  end: to && new Date(`${to}T23:59:59.999`).toISOString(),
});

interface AuditTableProps {
  /** Begins the name under which pages are kept. */
  name: readonly string[];
  load: (filter: AuditFilter, pageToken: string | undefined) => Promise<Rows<AuditLogEvent>>;
  filter: AuditFilter;
  onFilter: (filter: AuditFilter) => void;
  /** Whom to show for an id of a user. */
  nameOf?: (id: string) => string | undefined;
  /** People to choose from: their ids, with their names. */
  people?: ReadonlyMap<string, string>;
  /** More to filter by. */
  children?: ReactNode;
}

/** What happened, newest first. */
export function AuditTable({ name, load, filter, onFilter, nameOf, people = NOBODY, children }: AuditTableProps) {
  const [shown, setShown] = useState<AuditLogEvent>();
  const paged = usePaged(
    [...name, filter.event ?? "", filter.person ?? "", filter.from ?? "", filter.to ?? ""],
    (token) => load(filter, token),
  );
  const seen = [...new Set(paged.rows?.map(({ eventName }) => eventName))].toSorted();
  const filtered = Boolean(filter.event || filter.person || filter.from || filter.to);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <div className="grid grid-cols-2 items-end gap-2.5 sm:flex sm:flex-wrap">
        <div className="max-sm:col-span-2">
          <SearchBox
            label="Name of an event"
            suggestions={seen}
            value={filter.event ?? ""}
            onValue={(event) => onFilter({ ...filter, event: event.trim() || undefined })}
          />
        </div>
        <Input
          label="From"
          type="date"
          className="sm:w-42"
          value={filter.from ?? ""}
          max={filter.to}
          onValue={(from) => onFilter({ ...filter, from: from || undefined })}
        />
        <Input
          label="To"
          type="date"
          className="sm:w-42"
          value={filter.to ?? ""}
          min={filter.from}
          onValue={(to) => onFilter({ ...filter, to: to || undefined })}
        />
        <PersonSelect
          value={filter.person}
          people={people}
          nameOf={nameOf}
          onValue={(person) => onFilter({ ...filter, person })}
        />
        {children}
        {filtered && (
          <Button kind="quiet" onClick={() => onFilter({})}>
            Clear
          </Button>
        )}
      </div>
      <Table
        label="Audit log"
        {...paged}
        rowKey={({ id }) => id}
        expect={10}
        empty={<Empty title={filtered ? "No event fits" : "Nothing has happened yet"} icon="list" />}
        columns={[
          {
            title: "Event",
            cell: (event) => (
              <button
                type="button"
                className="cursor-pointer text-left underline-offset-4 hover:underline"
                onClick={() => setShown(event)}
              >
                <span className="font-medium break-words">{describeEvent(event.eventName)}</span>
                <span className="hidden font-mono text-sm text-quiet sm:block">{event.eventName}</span>
              </button>
            ),
          },
          {
            title: "By",
            from: "sm",
            cell: (event) => (
              <Actor event={event} nameOf={nameOf} onPerson={(person) => onFilter({ ...filter, person })} />
            ),
          },
          { title: "When", cell: ({ eventTime }) => <TimeAgo time={eventTime} /> },
        ]}
      />
      {shown && <EventDialog event={shown} nameOf={nameOf} onClose={() => setShown(undefined)} />}
    </div>
  );
}

const NOBODY: ReadonlyMap<string, string> = new Map();

interface PersonSelectProps {
  value: string | undefined;
  people: ReadonlyMap<string, string>;
  nameOf: AuditTableProps["nameOf"];
  onValue: (person: string | undefined) => void;
}

/** One of the people, or whoever is chosen already. */
function PersonSelect({ value = "", people, nameOf, onValue }: PersonSelectProps) {
  if (!people.size && !value) return null;
  const options = [{ value: "", label: "Everybody" }, ...Array.from(people, ([value, label]) => ({ value, label }))];
  if (value && !people.has(value)) options.push({ value, label: nameOf?.(value) ?? value });
  return (
    <Select
      label="By"
      className="sm:w-42"
      options={options}
      value={value}
      onValue={(person) => onValue(person || undefined)}
    />
  );
}

interface ActorProps {
  event: AuditLogEvent;
  nameOf: AuditTableProps["nameOf"];
  onPerson: (person: string) => void;
}

/** Who did it; of a person, the way to all that they did. */
function Actor({ event, nameOf, onPerson }: ActorProps) {
  const { kind, id } = actorOf(event);
  const name = (id && nameOf?.(id)) ?? kind;
  const person = event.actorUserId ?? event.actorConsoleUserId;
  return (
    <span title={id}>
      {person ? (
        <button
          type="button"
          aria-label={`Only what ${name} did`}
          className="cursor-pointer text-left underline-offset-4 hover:underline"
          onClick={() => onPerson(person)}
        >
          {name}
        </button>
      ) : (
        name
      )}
      {event.actorImpersonatorUserId && <span className="text-quiet"> (by support)</span>}
    </span>
  );
}
