// Passkeys by the browser: from an API's options to the body that the API takes.

const base64Url = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** Runs what asks the person; their saying no is an error for people. */
async function ask(work: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await work;
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    const known = error instanceof DOMException && error.name === "InvalidStateError";
    if (known) throw new Error("this device already has a passkey for you");
  }
  throw new Error("no passkey was given; try again");
}

export const hasPasskeys = (): boolean => "PublicKeyCredential" in globalThis;

/** Makes a passkey; the options are a `PublicKeyCredentialCreationOptions` in JSON. */
export async function makePasskey(options: object) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  const { response } = await ask(navigator.credentials.create({ publicKey }));
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new Error("no passkey was made; try again");
  return {
    attestationObject: base64Url(response.attestationObject),
    clientDataJson: base64Url(response.clientDataJSON),
    rpId: publicKey.rp.id,
  };
}

/** Proves to have a passkey; the options are a `PublicKeyCredentialRequestOptions` in JSON. */
export async function givePasskey(options: object) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  const { rawId, response } = await ask(navigator.credentials.get({ publicKey }));
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new Error("no passkey was given; try again");
  return {
    credentialId: base64Url(rawId),
    clientDataJson: base64Url(response.clientDataJSON),
    authenticatorData: base64Url(response.authenticatorData),
    signature: base64Url(response.signature),
  };
}
