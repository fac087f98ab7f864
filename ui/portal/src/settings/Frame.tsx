import {
  Button,
  Empty,
  Failure,
  Icon,
  Link,
  Logo,
  mayOf,
  type NavGroup,
  NavigationContext,
  Notice,
  Page,
  readSession,
  type Session,
  SessionContext,
  SessionDialog,
  Shell,
  signIn,
  Skeleton,
  TitleContext,
  useApi,
} from "@lockwork/kit";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { AccountMenu } from "./AccountMenu";

/** The frame of the settings, once it is known who is signed in. */
export function Frame() {
  const api = useApi();
  const router = useRouter();
  const session = useQuery({
    queryKey: ["session"],
    queryFn: async () => (await readSession(api)) ?? signIn(api),
    staleTime: 60_000,
  });
  if (session.data) {
    return (
      <NavigationContext value={(href) => router.history.push(href)}>
        <SessionContext value={session.data}>
          <TitleContext value={session.data.project.displayName ?? undefined}>
            <Places session={session.data} />
            <SessionDialog userId={session.data.user.id} />
          </TitleContext>
        </SessionContext>
      </NavigationContext>
    );
  }
  return (
    <Shell brand={<Skeleton className="h-5 w-32" />} nav={[]} current="" account={<Skeleton className="h-8 w-24" />}>
      {session.error ? (
        <Failure error={session.error} retry={() => void session.refetch()} />
      ) : (
        <Skeleton className="h-96" />
      )}
    </Shell>
  );
}

function Places({ session }: { session: Session }) {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const nav = placesOf(session);
  // A key's page is in the place of the keys.
  const current = path.split("/").slice(0, 3).join("/");
  return (
    <Shell
      brand={
        <Link bare href="/" className="flex min-w-0 items-center gap-2 font-semibold">
          <Brand {...session.project} />
        </Link>
      }
      nav={nav}
      current={current}
      account={<AccountMenu session={session} />}
      banner={session.claims?.impersonator && <Impersonation session={session} />}
    >
      <Outlet />
    </Shell>
  );
}

function Brand({ displayName = "Settings", logoUrl, darkModeLogoUrl }: Session["project"]) {
  if (logoUrl) return <Logo name={displayName} url={logoUrl} darkModeUrl={darkModeLogoUrl} className="h-7" />;
  return (
    <>
      <Icon name="lock" className="text-accent" />
      <span className="truncate">{displayName}</span>
    </>
  );
}

function placesOf(session: Session): NavGroup[] {
  const may = mayOf(session);
  return [
    {
      title: session.organization.displayName || "Organization",
      items: [
        ...(may.seesKeys ? [{ href: "/organization/api-keys", label: "API keys", icon: "key" as const }] : []),
        { href: "/organization/members", label: "Members", icon: "team" },
        ...(session.organization.customRolesEnabled
          ? [{ href: "/organization/roles", label: "Roles", icon: "tag" as const }]
          : []),
        { href: "/organization/sign-in", label: "Sign-in methods", icon: "lock" },
        ...(may.seesLog ? [{ href: "/organization/logs", label: "Audit log", icon: "list" as const }] : []),
        { href: "/organization", label: "Organization", icon: "gear" },
      ],
    },
    {
      title: "You",
      items: [
        { href: "/user", label: "Profile", icon: "person" },
        { href: "/user/security", label: "Security", icon: "shield" },
      ],
    },
  ];
}

function Impersonation({ session }: { session: Session }) {
  const { user, claims } = session;
  return (
    <Notice tone="warn">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span>
          {claims?.impersonator?.email} acts as {user.email}.
        </span>
        <Button small onClick={() => location.assign("/logout")}>
          End
        </Button>
      </div>
    </Notice>
  );
}

export function Nowhere() {
  return (
    <Page title="There is no such page">
      <Empty title="Nothing is here" icon="search" action={<Link href="/">Go to the start</Link>}>
        The address may have a mistake.
      </Empty>
    </Page>
  );
}
