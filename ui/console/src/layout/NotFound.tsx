import { Empty, Link, Page } from "@lockwork/kit";

export function NotFound() {
  return (
    <Page title="Not found">
      <Empty title="There is no such page" icon="search" action={<Link href="/">Go to the overview</Link>}>
        The address may have a mistake.
      </Empty>
    </Page>
  );
}
