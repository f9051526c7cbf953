import type { OrgContext } from "#db/context";
import { notFound } from "#lib/fault";

/**
 * UUIDs of accounts named by UUID or 12 digits, in order; null stays null. Those `known` before may be gone meanwhile. Fault:
 * RESOURCE_NOT_FOUND when one is not the organization's.
 */
export async function accountIdsOf(
  org: OrgContext,
  refs: readonly string[] | null,
  known: readonly string[] = [],
): Promise<readonly string[] | null> {
  const asked = (refs ?? []).filter((ref) => !known.includes(ref));
  if (refs === null || asked.length === 0) return refs && [...new Set(refs)].toSorted();
  const named = JSON.stringify(asked);
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT id, aws_account_id AS digits FROM accounts WHERE org_id = ?1
         AND (id IN (SELECT value FROM json_each(?2)) OR aws_account_id IN (SELECT value FROM json_each(?2)))`,
      org.id,
      named,
    ),
  ]);
  // safe: the statement answers these columns.
  const found = rows as { id: string; digits: string }[];
  const ids = new Map(found.flatMap(({ id, digits }) => [[id, id] as const, [digits, id] as const]));
  const uuids = refs.map((ref) => (known.includes(ref) ? ref : ids.get(ref)));
  if (uuids.includes(undefined)) throw notFound("account");
  return [...new Set(uuids.filter((id) => id !== undefined))].toSorted();
}
