import { Select } from "@lockwork/kit";

const RESOURCES = {
  project: "Project",
  organization: "Organizations",
  rbac_policy: "Actions",
  role: "Roles",
  api_key: "API keys",
  backend_api_key: "Backend API keys",
  publishable_key: "Publishable keys",
  plan: "Plans",
  limit_override: "Limit overrides",
  user: "People",
  user_invite: "Invitations",
  session: "Sessions",
  passkey: "Passkeys",
};

const OPTIONS = [
  { value: "", label: "Everything" },
  ...Object.entries(RESOURCES).map(([value, label]) => ({ value, label })),
];

export function ResourceSelect({ value = "", onValue }: { value?: string; onValue: (value?: string) => void }) {
  return (
    <Select
      label="About"
      className="sm:w-42"
      options={OPTIONS}
      value={value}
      onValue={(resource) => onValue(resource || undefined)}
    />
  );
}
