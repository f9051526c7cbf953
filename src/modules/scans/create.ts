import type { OrgContext } from "#db/context";
import { servicesOf } from "#modules/accounts";
import { startScans, type Run } from "#scans/start";

export interface ScanRequest {
  /** UUIDs or 12 digits; null: every account. */
  readonly accountIds: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly services: readonly string[] | null;
}

/** Starts a run. Faults: RESOURCE_NOT_FOUND, CONFLICT, SCAN_RUNNING. */
export const createScans = (org: OrgContext, { accountIds, regions, services }: ScanRequest): Promise<Run> =>
  startScans(org, { accountIds, regions, services: services && servicesOf(services), trigger: "api" });
