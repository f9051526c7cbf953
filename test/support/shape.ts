/**
 * The names of what is in a value, of its members, and of the first item of its lists. An empty list or object says nothing of
 * what it would hold.
 */
export function shapeOf(value: unknown): Readonly<Record<string, readonly string[]>> {
  const members = Object.entries(value as object).map(([name, member]): [string, readonly string[]] => {
    const inner: unknown = Array.isArray(member) ? member[0] : member;
    return [name, inner !== null && typeof inner === "object" ? Object.keys(inner).toSorted() : []];
  });
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
