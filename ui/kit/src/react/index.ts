import "./react.css";

export { ApiKeys } from "./ApiKeys";
export { useAccessToken, useHasPermission, useOrganization, useUser } from "./hooks";
export { LockworkProvider, type LockworkProviderProps } from "./LockworkProvider";
