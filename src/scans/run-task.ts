import type { OrgContext } from "#db/context";
import { attemptsMax, claimTask, LeaseLost, releaseTask, type ClaimedTask } from "./claim.ts";
import { failedPart } from "./coverage.ts";
import { noCounts } from "./outcome.ts";
import { endTask } from "./end-task.ts";
import { collectorsOfWork } from "./parts.ts";
import { runPlaceTask } from "./place-task.ts";
import { runPlan } from "./plan.ts";
import { runSecondWave } from "./second-wave.ts";

/**
 * Works on a task, if it is free: a message may come never, once or three times, late and in any order. What goes wrong is
 * thrown after the task was given back, so that the queue tries again.
 */
export async function runTask(org: OrgContext, scanId: string, taskId: string): Promise<void> {
  const task = await claimTask(org, scanId, taskId);
  if (!task) return;
  try {
    await work(task);
  } catch (error) {
    if (error instanceof LeaseLost) return;
    await releaseTask(task);
    throw error;
  }
}

function work(task: ClaimedTask): Promise<void> {
  if (task.id === "plan") return runPlan(task);
  if (task.id === "wave2") return runSecondWave(task);
  return task.attempts > attemptsMax ? giveUp(task) : runPlaceTask(task);
}

/** A task that failed too often: nothing is known of what it was to see, and nothing is judged from it. */
async function giveUp(task: ClaimedTask): Promise<void> {
  const failure = {
    place: task.place,
    code: "TASK_FAILED",
    remedy: "Cloudglass could not finish this region: scan again.",
  };
  const collectors = collectorsOfWork(task.work, task.place, task.scan.services ?? task.account.services);
  const parts = Object.fromEntries(collectors.map((collector) => [collector.id, failedPart(collector, failure)]));
  await endTask(task, { collectors: parts, counts: task.countsBefore ?? noCounts }, [], "failed");
}
