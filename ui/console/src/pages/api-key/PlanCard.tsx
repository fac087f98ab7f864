import { Card, describeLimit, Facts, Select, toast } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { failed } from "../../data/failed";
import { queries } from "../../data/queries";
import type { ApiKey } from "../../data/types";

type PlanCardProps = {
  apiKey: ApiKey;
  /** Absent for those who may not. */
  save: false | ((planId: string | null) => Promise<unknown>);
};

/** The plan whose limits a key has. */
export function PlanCard({ apiKey, save }: PlanCardProps) {
  const { data: plans = [] } = useQuery(queries.plans());
  const [chosen, setChosen] = useState<string>();
  const planId = chosen ?? apiKey.planId ?? "";
  const plan = plans.find(({ id }) => id === planId);
  const own = new Set(apiKey.limits?.map(({ name }) => name));
  const limits = plan?.limits?.filter(({ name }) => !own.has(name)) ?? [];
  const choose = async (id: string) => {
    if (!save) return;
    setChosen(id);
    try {
      await save(id || null);
      toast("The plan was saved. It is in effect at once.");
    } catch (error) {
      failed(error);
    } finally {
      setChosen(undefined);
    }
  };
  const options = [
    { value: "", label: "No plan" },
    ...plans.map(({ id, displayName }) => ({ value: id, label: displayName || id })),
  ];
  return (
    <Card title="Plan" hint="A set of limits that many keys have. Those of the organization count as well.">
      {save ? (
        <Select
          label="Plan"
          hideLabel
          className="max-w-xs"
          options={options}
          value={planId}
          onValue={(id) => void choose(id)}
        />
      ) : (
        <p>{plan?.displayName ?? "No plan"}</p>
      )}
      {limits.length > 0 && <Facts facts={limits.map((limit) => [limit.name, describeLimit(limit)] as const)} />}
    </Card>
  );
}
