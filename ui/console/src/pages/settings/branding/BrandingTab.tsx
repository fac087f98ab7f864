import { type BackendSchema, Card, Failure, Form, Select, Skeleton, Switch, toast } from "@lockwork/kit";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { backend, call, queryClient } from "../../../data/api";
import { queries } from "../../../data/queries";
import { useMayWrite } from "../../../data/staff";
import { useProject } from "../context";
import { ColorField, isColor } from "./ColorField";
import { ImageField } from "./ImageField";
import { Preview } from "./Preview";

type Branding = BackendSchema["Branding"];

/** What the picker of a colour begins with: the pages' own. */
const OWN = { light: "#0b6b5d", dark: "#5fd0bb" };
const LAYOUTS = [
  { value: "CENTERED", label: "A card in the middle" },
  { value: "SIDE_BY_SIDE", label: "Beside a surface in your colour" },
];

/** What the sign-in and settings pages of the project look like. */
export function BrandingTab() {
  const { data: branding, error, isFetching, refetch } = useQuery(queries.branding());
  if (branding) return <BrandingForm saved={branding} />;
  if (error && !isFetching) return <Failure error={error} retry={() => void refetch()} />;
  return <Skeleton className="h-96 rounded-xl" />;
}

const draftOf = (branding: Branding) => ({
  primaryColor: branding.primaryColor ?? "",
  darkModePrimaryColor: branding.darkModePrimaryColor ?? "",
  logo: branding.logo ?? "",
  darkModeLogo: branding.darkModeLogo ?? "",
  favicon: branding.favicon ?? "",
  detectDarkModeEnabled: branding.detectDarkModeEnabled,
  logInLayout: branding.logInLayout,
});

type Draft = ReturnType<typeof draftOf>;

/** What was changed, in the form that the server takes: an empty text clears. */
function changes(draft: Draft, saved: Draft) {
  const changed = Object.entries(draft).filter(([name, value]) => value !== saved[name as keyof Draft]);
  return Object.fromEntries(changed.map(([name, value]) => [name, value === "" ? null : value]));
}

function BrandingForm({ saved }: { saved: Branding }) {
  const mayWrite = useMayWrite();
  const [draft, setDraft] = useState(() => draftOf(saved));
  const set = (change: Partial<Draft>) => setDraft((draft) => ({ ...draft, ...change }));
  const changed = changes(draft, draftOf(saved));
  const colors = [draft.primaryColor, draft.darkModePrimaryColor];
  const save = async () => {
    const { branding } = await call(backend.PATCH("/v1/project/branding", { body: changed }));
    queryClient.setQueryData(queries.branding().queryKey, branding);
    setDraft(draftOf(branding));
    toast("The branding was saved. Whoever opens the pages next sees it.");
  };
  const previews = <Previews draft={draft} saved={saved} />;
  if (!mayWrite) return previews;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Card title="Look" hint="Of the pages where people sign in and manage their organization.">
        <Form
          submit="Save"
          onSubmit={save}
          disabled={!Object.keys(changed).length || colors.some((color) => color !== "" && !isColor(color))}
        >
          <ColorField
            label="Colour"
            hint="Of buttons and links. Where it could not be read, its texts come darker or lighter."
            start={OWN.light}
            value={draft.primaryColor}
            onValue={(primaryColor) => set({ primaryColor })}
          />
          <ImageField
            label="Logo"
            hint="A PNG, JPEG, WebP or SVG picture, best on a transparent ground. Instead of your product's name."
            width={480}
            height={160}
            value={draft.logo}
            onValue={(logo) => set({ logo })}
          />
          <ImageField
            label="Icon"
            hint="Shown by browsers beside the page's title. Without one it is the initial of your product's name."
            width={64}
            height={64}
            value={draft.favicon}
            onValue={(favicon) => set({ favicon })}
          />
          <Select
            label="Sign-in page"
            className="max-w-md"
            options={LAYOUTS}
            value={draft.logInLayout}
            onValue={(logInLayout) => set({ logInLayout })}
          />
          <Switch
            label="Dark mode"
            hint="Dark pages for people whose device is set so."
            checked={draft.detectDarkModeEnabled}
            onChecked={(detectDarkModeEnabled) => set({ detectDarkModeEnabled })}
          />
          {draft.detectDarkModeEnabled && (
            <>
              <ColorField
                label="Colour in dark mode"
                hint="Without one it is the colour above."
                start={isColor(draft.primaryColor) ? draft.primaryColor : OWN.dark}
                value={draft.darkModePrimaryColor}
                onValue={(darkModePrimaryColor) => set({ darkModePrimaryColor })}
              />
              <ImageField
                label="Logo in dark mode"
                hint="Without one, the logo above has a light ground under it."
                dark
                width={480}
                height={160}
                value={draft.darkModeLogo}
                onValue={(darkModeLogo) => set({ darkModeLogo })}
              />
            </>
          )}
        </Form>
      </Card>
      <div className="lg:sticky lg:top-20">{previews}</div>
    </div>
  );
}

/** Only colours that are written to their end. */
const colorsOf = ({ primaryColor = "", darkModePrimaryColor = "" }: Partial<Draft>) => ({
  ...(isColor(primaryColor) && { primaryColor }),
  ...(isColor(darkModePrimaryColor) && { darkModePrimaryColor }),
});

/** Long enough for a picker that is dragged to come to rest. */
const PAUSE_MS = 120;

function Previews({ draft, saved }: { draft: Draft; saved: Branding }) {
  const { displayName } = useProject();
  const colors = colorsOf(draft);
  const isSaved = JSON.stringify(colors) === JSON.stringify(colorsOf(draftOf(saved)));
  const { data: palette } = useQuery({
    queryKey: ["branding", "preview", colors],
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      signal.throwIfAborted();
      return (await call(backend.GET("/v1/project/branding/preview", { params: { query: colors } }))).palette ?? null;
    },
    ...(isSaved && { initialData: saved.palette ?? null }),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const shared = { name: displayName ?? "", besideLogin: draft.logInLayout === "SIDE_BY_SIDE" };
  return (
    <Card title="Preview" hint="What people will see once this is saved.">
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-1">
        <Preview {...shared} scheme="light" shades={palette?.light} logo={draft.logo} />
        {draft.detectDarkModeEnabled && (
          <Preview
            {...shared}
            scheme="dark"
            shades={palette?.dark}
            logo={draft.darkModeLogo || draft.logo}
            ownDarkModeLogo={draft.darkModeLogo !== ""}
          />
        )}
      </div>
    </Card>
  );
}
