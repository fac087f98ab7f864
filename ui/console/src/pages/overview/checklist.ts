/** What the steps are checked against. */
export type Facts = {
  projectApiKeysEnabled: boolean;
  actions: number;
  organizations: number;
  organizationsWithKeys: number;
  backendApiKeys: number;
  keys: { active: number; used: boolean };
};

export type Step = {
  title: string;
  help: string;
  to: "/settings/api-keys" | "/access/actions" | "/organizations" | "/developer-keys" | "/connect";
  done: boolean;
};

/** The way from an empty project to a first verified request. */
export function steps(facts: Facts): Step[] {
  return [
    {
      title: "Switch API keys on and choose their prefix",
      help: "The prefix says at a glance whose key it is.",
      to: "/settings/api-keys",
      done: facts.projectApiKeysEnabled,
    },
    {
      title: "Name the actions of your product",
      help: "What keys and people can be allowed to do, such as acme.widgets.read.",
      to: "/access/actions",
      done: facts.actions > 0,
    },
    {
      title: "Add your first customer",
      help: "Each customer is an organization with its own people and keys.",
      to: "/organizations",
      done: facts.organizations > 0,
    },
    {
      title: "Let a customer have API keys",
      help: "The switch is on the organization's API keys tab.",
      to: "/organizations",
      done: facts.organizationsWithKeys > 0,
    },
    {
      title: "Make a Backend API key for your server",
      help: "Your server asks Lockwork about keys with it.",
      to: "/developer-keys",
      done: facts.backendApiKeys > 0,
    },
    {
      title: "Make an API key",
      help: "On a customer's behalf, or let them do it in the portal.",
      to: "/organizations",
      done: facts.keys.active > 0,
    },
    {
      title: "Verify a first request",
      help: "One line of code in your framework.",
      to: "/connect",
      done: facts.keys.used,
    },
  ];
}
