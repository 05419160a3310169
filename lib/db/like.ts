/** A LIKE pattern for text that holds `part`, whatever signs are in it. */
export function containing(part: string): string {
  return `%${part.replace(/[\\%_]/g, "\\$&")}%`;
}
