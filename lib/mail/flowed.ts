/**
 * Joins the lines of `format=flowed` text (RFC 3676 §4): a line that ends in a space goes on in the
 * next of the same quote depth; a space a line was stuffed with goes. With `delSp` the space at the
 * break goes too (§4.1, for scripts without spaces). Linear.
 */
export function unflow(text: string, delSp: boolean): string {
  const out: string[] = [];
  let open: string[] = [];
  let openDepth = 0;
  const close = () => {
    if (open.length > 0) out.push(quotedLine(openDepth, open.join("")));
    open = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const depth = /^>*/.exec(line)?.[0].length ?? 0;
    const content = line.slice(depth).replace(/^ /, "");
    const isSignature = content === "-- ";
    if (depth !== openDepth || isSignature) close();
    const flows = content.endsWith(" ") && !isSignature;
    openDepth = depth;
    open.push(flows && delSp ? content.slice(0, -1) : content);
    if (!flows) close();
  }
  close();
  return out.join("\n");
}

function quotedLine(depth: number, text: string): string {
  if (depth === 0) return text;
  return text === "" ? ">".repeat(depth) : `${">".repeat(depth)} ${text}`;
}
