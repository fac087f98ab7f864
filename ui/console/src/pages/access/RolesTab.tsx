import { Roles } from "../../roles/Roles";

export function RolesTab() {
  return <Roles hint="A role of the project can be given to people and keys of every organization." />;
}
