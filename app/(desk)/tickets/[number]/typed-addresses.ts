/** The addresses in what somebody types into a field, as far as they can be told while they type. */
export function typedAddresses(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map((part) => (/<([^<>]*)>?\s*$/.exec(part)?.[1] ?? part).trim().toLowerCase())
    .filter((address) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address));
}
