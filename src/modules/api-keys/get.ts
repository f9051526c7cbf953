import type { OrgContext } from "#db/context";
import { listRows } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { apiKeys } from "#db/schema";
import { notFound } from "#lib/fault";
import { keyStatement, type ApiKey } from "./key.ts";

/** A page of the keys, the newest first; revoked and expired ones among them. */
export const listApiKeys = (org: OrgContext, page: PageRequest): Promise<Page<ApiKey>> =>
  listRows(org, { table: apiKeys, page, order: [{ column: apiKeys.id, descending: true }] });

/** Faults: RESOURCE_NOT_FOUND. */
export async function getApiKey(org: OrgContext, id: string): Promise<ApiKey> {
  const [rows] = await org.db.atomic([keyStatement(org, id)]);
  // safe: the statement answers rows of the table.
  const [row] = rows as ApiKey[];
  if (!row) throw notFound("API key");
  return row;
}
