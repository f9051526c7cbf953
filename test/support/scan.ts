import { expect } from "vitest";
import { api, type Answer } from "./api.ts";

interface Scan {
  readonly id: string;
  readonly status: string;
}
type One = { readonly data: Scan & { readonly completedAt: string | null } };

/** Scans one account. Answers what starting it answered, and the scan as it ended, however long that took. */
export async function scanOf(key: string, accountId: string): Promise<{ started: Answer<unknown>; scan: Scan }> {
  const caller = api(key);
  const wait = { Prefer: "wait=20" };
  const started = await caller.post<{ data: { scans: Scan[] } }>("/scans", { accountIds: [accountId] }, wait);
  const [scan] = started.body.data.scans;
  if (!scan) throw new Error(started.text);
  const now = async () => (await caller.get<One>(`/scans/${scan.id}`)).body.data;
  await expect.poll(async () => (await now()).completedAt, { interval: 1_000, timeout: 170_000 }).not.toBeNull();
  return { started, scan: await now() };
}
