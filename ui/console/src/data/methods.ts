import type { Project } from "./types";

export type Method = Extract<keyof Project, `logInWith${string}`>;

/** The ways to sign in that there are, first and second factors. */
export const METHODS: { field: Method; label: string; hint: string }[] = [
  { field: "logInWithEmail", label: "E-mail", hint: "A mail with a link and a code." },
  { field: "logInWithPassword", label: "Password", hint: "Asked for after the e-mail address is known." },
  { field: "logInWithGoogle", label: "Google", hint: "" },
  { field: "logInWithMicrosoft", label: "Microsoft", hint: "" },
  { field: "logInWithGithub", label: "GitHub", hint: "" },
  { field: "logInWithPasskey", label: "Passkey", hint: "As a second factor." },
  { field: "logInWithAuthenticatorApp", label: "Authenticator app", hint: "As a second factor." },
];
