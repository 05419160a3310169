/** A sentence whose `commands` stand in backticks, as it is written for logs and the CLI. */
export function Words({ children }: { children: string }) {
  return children.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={part} className="font-mono text-xs whitespace-nowrap">
        {part}
      </code>
    ),
  );
}
