import { and, desc, eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { runs, scans } from "#db/schema";
import { notFound } from "#lib/fault";
import type { ScanRow } from "#scans/claim";

/** Scans started together. */
export interface RunWithScans {
  readonly run: InferSelectModel<typeof runs>;
  readonly scans: readonly ScanRow[];
}

/** One run with its scans, the newest first. Fault: RESOURCE_NOT_FOUND. */
export async function getRun(org: OrgContext, id: string): Promise<RunWithScans> {
  const [[run], members] = await org.db.batch([
    org.db
      .select()
      .from(runs)
      .where(and(eq(runs.orgId, org.id), eq(runs.id, id))),
    org.db
      .select()
      .from(scans)
      .where(and(eq(scans.orgId, org.id), eq(scans.runId, id)))
      .orderBy(desc(scans.id)),
  ]);
  if (!run) throw notFound("run");
  return { run, scans: members };
}
