/** How many scopes are named before the rest is a number. */
const NAMED = 2;

/** All that a key may do, in little room. */
export function KeyScopes({ names = [] }: { names?: readonly string[] }) {
  if (!names.length) return <span className="whitespace-nowrap text-quiet">No scopes</span>;
  const rest = names.slice(NAMED);
  return (
    <span className="flex flex-wrap items-center gap-1 sm:min-w-44">
      {names.slice(0, NAMED).map((name) => (
        <span key={name} className="rounded-md bg-raised px-1.5 py-0.5 font-mono text-xs break-all">
          {name}
        </span>
      ))}
      {rest.length > 0 && (
        <span title={rest.join(", ")} className="text-sm text-quiet">
          <span aria-hidden="true">+{rest.length}</span>
          <span className="sr-only">and {rest.join(", ")}</span>
        </span>
      )}
    </span>
  );
}
