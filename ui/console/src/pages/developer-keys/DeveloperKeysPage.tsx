import { Page } from "@lockwork/kit";
import { BackendKeys } from "./BackendKeys";
import { PublishableKeys } from "./PublishableKeys";

export function DeveloperKeysPage() {
  return (
    <Page title="Developer keys" hint="What your own code uses to speak with Lockwork.">
      <BackendKeys />
      <PublishableKeys />
    </Page>
  );
}
