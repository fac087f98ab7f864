import { Failure, Page } from "@lockwork/kit";
import type { ErrorComponentProps } from "@tanstack/react-router";

/** A page of which a part could not be loaded or shown. */
export function Failed({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Something went wrong">
      <Failure error={error} retry={reset} />
    </Page>
  );
}
