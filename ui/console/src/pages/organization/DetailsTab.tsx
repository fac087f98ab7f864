import { Card, Facts, formatTime, TimeAgo } from "@lockwork/kit";
import { useMayWrite } from "../../data/staff";
import { AllowanceCard } from "../../limits/AllowanceCard";
import { CreditsCard } from "../../limits/CreditsCard";
import { NetworksCard } from "../../limits/NetworksCard";
import { backend, call, renew } from "../../data/api";
import { updateOrganization, useOrganization } from "./context";
import { DeleteCard } from "./DeleteCard";
import { NameCard } from "./NameCard";

export function DetailsTab() {
  const organization = useOrganization();
  const mayWrite = useMayWrite();
  const { id } = organization;
  const addCredits = async (amount: number) => {
    await call(backend.POST("/v1/organizations/{id}/add-credits", { params: { path: { id } }, body: { amount } }));
    await renew(["organization", id]);
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      {mayWrite && <NameCard organization={organization} />}
      <Card title="About">
        <Facts
          facts={[
            ["Created", formatTime(organization.createTime)],
            ["Last changed", <TimeAgo key="changed" time={organization.updateTime} />],
          ]}
        />
      </Card>
      <AllowanceCard
        what="All keys of the organization share these."
        planId={organization.planId}
        limits={organization.limits}
        save={mayWrite && ((change) => updateOrganization(id, change))}
      />
      <CreditsCard
        credits={organization.credits}
        add={mayWrite && addCredits}
        set={mayWrite && ((credits) => updateOrganization(id, { credits }))}
      />
      <NetworksCard
        networks={organization.ipAllowlist}
        save={mayWrite && ((ipAllowlist) => updateOrganization(id, { ipAllowlist }))}
      />
      {mayWrite && <DeleteCard organization={organization} />}
    </div>
  );
}
