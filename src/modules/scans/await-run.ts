import type { OrgContext } from "#db/context";
import { getRun } from "#modules/runs";
import type { Run } from "#scans/start";

const pauseMs = 500;

/** Waits until every scan of a run has ended, or so many seconds have passed; answers the run as it is then. */
export async function awaitRun(org: OrgContext, run: Run, seconds: number): Promise<Run> {
  let present = run;
  for (let waitedMs = 0; waitedMs < seconds * 1000 && present.scans.some(isActive); waitedMs += pauseMs) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    present = { ...run, scans: (await getRun(org, run.id)).scans.toReversed() };
  }
  return present;
}

const isActive = ({ active }: Run["scans"][number]): boolean => active === 1;
