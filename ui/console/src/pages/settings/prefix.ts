/** The rest of a key: 55 of 0-9 and a-z. Of no key that there is. */
export const EXAMPLE_BODY = "0examplek3y7q9v2m5x8c1b4n6w0z3h7j5t2r8p1d4f6g9s3l7a5y2u";

/** What is wrong with a prefix; nothing if it is good. */
export function wrongPrefix(prefix: string): string | undefined {
  if (!/^[a-z0-9_]*$/.test(prefix)) return "Only a-z, 0-9 and _.";
  if (prefix.length > 64) return "At most 64 characters.";
  return undefined;
}
