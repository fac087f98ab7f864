import { Button, Card, Facts } from "@lockwork/kit";
import { useState } from "react";
import type { BackendSchema } from "@lockwork/kit";
import type { Credits } from "../data/types";
import { AddCreditsDialog } from "./AddCreditsDialog";
import { SetCreditsDialog } from "./SetCreditsDialog";

type CreditsCardProps = {
  credits?: Credits | null;
  /** Absent for those who may not. */
  add: false | ((amount: number) => Promise<unknown>);
  set: false | ((credits: BackendSchema["CreditsBody"] | null) => Promise<unknown>);
};

/** What is left of the credits, and what comes back by itself. */
export function CreditsCard({ credits, add, set }: CreditsCardProps) {
  const [open, setOpen] = useState<"add" | "set">();
  const close = () => setOpen(undefined);
  const refill = credits?.refill;
  return (
    <Card
      title="Credits"
      hint="Each verification costs one, unless the request says otherwise. Without enough of them it is refused."
      actions={
        <div className="flex gap-2">
          {add && credits && (
            <Button small onClick={() => setOpen("add")}>
              Add
            </Button>
          )}
          {set && (
            <Button small onClick={() => setOpen("set")}>
              {credits ? "Change" : "Set up"}
            </Button>
          )}
        </div>
      }
    >
      {credits ? (
        <Facts
          facts={[
            [
              "Left",
              <span key="left" className="tabular-nums">
                {credits.remaining.toLocaleString("en")}
              </span>,
            ],
            [
              "Refill",
              refill ? `Up to ${refill.amount.toLocaleString("en")} every ${refill.period.toLowerCase()}` : "None",
            ],
          ]}
        />
      ) : (
        <p className="text-quiet">Not counted.</p>
      )}
      {open === "add" && add && <AddCreditsDialog add={add} onClose={close} />}
      {open === "set" && set && <SetCreditsDialog credits={credits ?? undefined} set={set} onClose={close} />}
    </Card>
  );
}
