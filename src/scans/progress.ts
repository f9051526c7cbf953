import type { OrgContext } from "#db/context";
import { findingFrame, type ScanFrame } from "#db/frames";
import type { ClaimedTask } from "./claim.ts";
import type { Transitions } from "./finding-events.ts";

/** How far a scan is when its tasks start, and when they are all done. */
export const percentPlanned = 5;
export const percentCollected = 90;

/** Tells whoever watches. News, not truth: it may fail, and then nobody is told. */
export async function tell(org: OrgContext, frames: readonly ScanFrame[]): Promise<void> {
  try {
    await org.env.SCAN_FEED.getByName(org.id).publish(frames);
  } catch (error) {
    console.warn(JSON.stringify({ level: "warn", msg: "progress not told", error: String(error) }));
  }
}

/** Tells what a batch did to findings, as the batch of a scan has written it. */
export async function tellFindings(
  { org, scan, account }: ClaimedTask,
  { opened, reopened, resolved }: Transitions,
): Promise<void> {
  const counts = { opened: opened.length, reopened: reopened.length, resolved: resolved.length };
  if (counts.opened + counts.reopened + counts.resolved === 0) return;
  const named = opened.map((finding) => ({ ...finding, accountId: account.id }));
  await tell(org, [findingFrame(scan.id, named, counts)]);
}

/** What a task was doing, and which share of it is through. */
interface Step {
  readonly service: string;
  readonly share: number;
}

/** A task has some seventy collectors, and who watches cannot see more than this. */
const tellEveryMs = 250;

export interface Teller {
  /** One collector more is through. Nobody waits for those who watch. */
  looked(service: string): void;
  /** Tells what was held back, and waits until all is told. */
  end(): Promise<void>;
}

/** Tells how far a task of so many collectors is, not more often than there is something to see. */
export function createTeller(task: ClaimedTask, total: number): Teller {
  let through = 0;
  let toldAtMs = Date.now();
  let held: Step | null = null;
  let last = Promise.resolve();
  const release = (): void => {
    const step = held;
    held = null;
    toldAtMs = Date.now();
    if (step) last = last.then(() => tellProgress(task, step));
  };
  return {
    looked(service) {
      through += 1;
      held = { service, share: through / total };
      if (Date.now() - toldAtMs >= tellEveryMs) release();
    },
    end() {
      release();
      return last;
    },
  };
}

async function tellProgress({ org, scan, place, tasks }: ClaimedTask, { service, share }: Step): Promise<void> {
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
