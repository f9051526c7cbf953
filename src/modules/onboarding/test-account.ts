import type { OrgContext } from "#db/context";
import { getAccount } from "#modules/accounts";
import { testPermissions, type PermissionTest } from "#scans/permissions";
import { probeAccount } from "#scans/probe";

/** Tries every action on an account, whether or not it was entered before. Fault: RESOURCE_NOT_FOUND. */
export async function testAccount(org: OrgContext, ref: string): Promise<PermissionTest> {
  const { row } = await getAccount(org, ref);
  const test = await testPermissions(org, row);
  if (row.connectedAt === null) await probeAccount(org, row);
  return test;
}
