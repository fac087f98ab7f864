import { Page, Skeleton } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { everyOrganization } from "../../data/everyOrganization";
import { queries } from "../../data/queries";
import { ExpiringKeys } from "./ExpiringKeys";
import { Figures } from "./Figures";
import { GettingStarted } from "./GettingStarted";
import { keyFigures } from "./keyFigures";
import { LatestEvents } from "./LatestEvents";
import { useSteps } from "./useSteps";

export function OverviewPage() {
  const { data: project } = useQuery(queries.project());
  const organizations = useQuery(everyOrganization());
  const known = organizations.data?.organizations;
  const figures = useQuery({ ...keyFigures(known ?? []), enabled: known !== undefined });
  const steps = useSteps(known, figures.data, organizations.isError || figures.isError);
  return (
    <Page title="Overview" hint={`What is going on in ${project?.displayName || "this project"}`}>
      {steps ? (
        <>
          <GettingStarted steps={steps} />
          <Figures organizations={organizations} figures={figures} />
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
            <LatestEvents organizations={known} />
            <ExpiringKeys organizations={known} figures={figures} failure={organizations.error} />
          </div>
        </>
      ) : (
        ["h-24", "h-96"].map((height) => <Skeleton key={height} className={`${height} rounded-xl`} />)
      )}
    </Page>
  );
}
