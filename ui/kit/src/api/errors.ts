/** What an API refused, or that it could not be reached. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 when the server did not answer. */
    readonly status: number,
    detail: string,
    /** The stable name of the kind of error. */
    readonly slug?: string,
    readonly requestId?: string,
  ) {
    super(detail);
    this.name = "ApiError";
  }

  static async of(response: Response): Promise<ApiError> {
    const body: unknown = await response.json().catch(() => undefined);
    const text = (name: string) => {
      const value = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
      return typeof value === "string" ? value : undefined;
    };
    const detail = text("detail") ?? "the server did not answer as expected; try again";
    return new ApiError(response.status, detail, text("message"), text("instance"));
  }

  static unreachable(): ApiError {
    return new ApiError(0, "the server cannot be reached; check your connection and try again");
  }
}

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.status === status;

/** The field that an error is about: details begin with its name, as in `displayName: is too long`. */
export const fieldOf = (error: unknown): string | undefined =>
  error instanceof ApiError ? /^(\w+(?:\.\w+)*): /.exec(error.message)?.[1]?.split(".").pop() : undefined;

/** What went wrong, for people: a sentence, without the names that fields have in the API. */
export function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : "that did not work; try again";
  const text = message.replace(/^[\w.]+: (is|must|has|may|cannot) /, "this $1 ").replace(/^\w+(?:\.\w+)*: /, "");
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
