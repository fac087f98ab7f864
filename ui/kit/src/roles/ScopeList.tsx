/** Names of actions, to read. */
export function ScopeList({ names, none }: { names: readonly string[]; none: string }) {
  if (!names.length) return <p className="text-quiet">{none}</p>;
  return (
    <ul className="flex flex-wrap gap-1.5">
      {names.toSorted().map((name) => (
        <li key={name} className="rounded-md bg-raised px-2 py-0.5 font-mono text-sm break-all">
          {name}
        </li>
      ))}
    </ul>
  );
}
