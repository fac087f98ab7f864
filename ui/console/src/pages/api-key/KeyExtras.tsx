import { type AuditFilter, type BackendSchema, Section } from "@lockwork/kit";
import { useState } from "react";
import { backend, call, renew } from "../../data/api";
import { useMayWrite } from "../../data/staff";
import type { ApiKey } from "../../data/types";
import { CreditsCard } from "../../limits/CreditsCard";
import { AuditLog } from "../audit-log/AuditLog";
import { PlanCard } from "./PlanCard";

/** What the developer may set about a key, and its history. */
export function KeyExtras({ apiKey }: { apiKey: ApiKey }) {
  const { id, organizationId, revoked } = apiKey;
  const mayWrite = useMayWrite() && !revoked;
  const [filter, setFilter] = useState<AuditFilter>({});
  const update = async (change: BackendSchema["ApiKeyChange"]) => {
    await call(backend.PATCH("/v1/api-keys/{id}", { params: { path: { id } }, body: { apiKey: change } }));
    await renew(["keys", organizationId]);
  };
  const addCredits = async (amount: number) => {
    await call(backend.POST("/v1/api-keys/{id}/add-credits", { params: { path: { id } }, body: { amount } }));
    await renew(["keys", organizationId]);
  };
  return (
    <>
      <PlanCard apiKey={apiKey} save={mayWrite && ((planId) => update({ planId }))} />
      <CreditsCard
        credits={apiKey.credits}
        add={mayWrite && addCredits}
        set={mayWrite && ((credits) => update({ credits }))}
      />
      <Section title="History">
        <AuditLog
          only={{ organizationId, resourceType: "api_key", resourceId: id }}
          filter={filter}
          onFilter={setFilter}
        />
      </Section>
    </>
  );
}
