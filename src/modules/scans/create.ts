import type { OrgContext } from "#db/context";
import { notFound } from "#lib/fault";
import { accountsNamed, servicesOf } from "#modules/accounts";
import { startScans, type Run } from "#scans/start";

export interface ScanRequest {
  /** UUIDs or 12 digits; null: every account. */
  readonly accountIds: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly services: readonly string[] | null;
}

/** Starts a run. Faults: RESOURCE_NOT_FOUND, CONFLICT, SCAN_RUNNING. */
export async function createScans(org: OrgContext, { accountIds, regions, services }: ScanRequest): Promise<Run> {
  return startScans(org, {
    accountIds: accountIds && (await everyAccount(org, accountIds)),
    regions,
    services: services && servicesOf(services),
    trigger: "api",
  });
}

/** Digits that are no account's must not go unnoticed. */
async function everyAccount(org: OrgContext, refs: readonly string[]): Promise<readonly string[]> {
  const known = await accountsNamed(org, refs);
  if (refs.some((ref) => !known.has(ref))) throw notFound("account");
  return [...new Set(known.values())];
}
