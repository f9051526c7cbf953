/** Hex digits kept of an id: 48 bits, so that of 300,000 ids two are the same in one of 6,000 scans, and one more stays a day. */
const digits = 12;

const short = (id: string): string => id.replaceAll("-", "").slice(-digits);

/** Ids of resources, packed for a task's row. */
export const packed = (ids: ReadonlySet<string>): string => [...ids].map(short).join("");

/** Whether an id was in one of the packs. */
export function seenIn(packs: readonly string[]): (id: string) => boolean {
  const all = new Set<string>();
  for (const pack of packs) for (let at = 0; at < pack.length; at += digits) all.add(pack.slice(at, at + digits));
  return (id) => all.has(short(id));
}
