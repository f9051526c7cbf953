import type { OrgContext } from "#db/context";
import type { ProgressFrame } from "#db/frames";
import type { ClaimedTask } from "./claim.ts";

/** How far a scan is when its tasks start, and when they are all done. */
export const percentPlanned = 5;
export const percentCollected = 90;

/** Tells whoever watches. News, not truth: it may fail, and then nobody is told. */
export async function tell(org: OrgContext, frames: readonly ProgressFrame[]): Promise<void> {
  try {
    await org.env.SCAN_FEED.getByName(org.id).publish(frames);
  } catch (error) {
    console.warn(JSON.stringify({ level: "warn", msg: "progress not told", error: String(error) }));
  }
}

/** Tells how far a task is: `share` of it is through. */
export async function tellProgress(
  { org, scan, place, tasks }: ClaimedTask,
  { service, share }: { service: string | null; share: number },
): Promise<void> {
  const done = (tasks.done + Math.min(1, share)) / Math.max(1, tasks.total);
  await tell(org, [
    {
      type: "progress",
      scanId: scan.id,
      percent: Math.floor(percentPlanned + (percentCollected - percentPlanned) * done),
      step: "collecting",
      // The one place where the time that passes inside a task is told.
      ts: new Date().toISOString(),
      region: place,
      service,
      counts: { tasksDone: tasks.done, tasksTotal: tasks.total },
    },
  ]);
}
