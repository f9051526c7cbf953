import type { AccountPace } from "#db/values";

/** A pace as people write it: what is null is as usual. */
export type PaceInput = { readonly [Member in keyof AccountPace]?: number | null | undefined } | null;

/** The pace with a patch merged into it (RFC 7396); null when nothing of it differs from the usual. */
export function mergedPace(before: AccountPace | null, patch: PaceInput): AccountPace | null {
  if (patch === null) return null;
  const merged = Object.entries({ ...before, ...defined(patch) }).filter(([, value]) => value !== null);
  // safe: members of a pace with the nulls left out.
  return merged.length === 0 ? null : (Object.fromEntries(merged) as AccountPace);
}

const defined = (patch: object): object =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
