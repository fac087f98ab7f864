import { Page, Skeleton } from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../data/queries";
import { ExpiringKeys } from "./ExpiringKeys";
import { FigureList } from "./FigureList";
import { figures } from "./figures";
import { GettingStarted } from "./GettingStarted";
import { LatestEvents } from "./LatestEvents";
import { useSteps } from "./useSteps";

export function OverviewPage() {
  const { data: project } = useQuery(queries.project());
  const known = useQuery(figures());
  const steps = useSteps(known);
  return (
    <Page title="Overview" hint={`What is going on in ${project?.displayName || "this project"}`}>
      {steps ? (
        <>
          <GettingStarted steps={steps} />
          <FigureList figures={known} />
          <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 xl:grid-cols-[repeat(2,minmax(0,1fr))]">
            <LatestEvents />
            <ExpiringKeys figures={known} />
          </div>
        </>
      ) : (
        ["h-24", "h-96"].map((height) => <Skeleton key={height} className={`${height} rounded-xl`} />)
      )}
    </Page>
  );
}
