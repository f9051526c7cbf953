import type { Env } from "#env";

/** A cron job: does what is due by `scheduledTime` and may run 0, 1 or 3 times for a tick. */
export interface Job {
  readonly cron: string;
  run(env: Env, scheduledTime: Date, ctx: ExecutionContext): Promise<void>;
}

/** Runs the jobs of one tick side by side; one that fails stops no other, and the next tick tries again. */
export async function runJobs(
  jobs: readonly Job[],
  controller: ScheduledController,
  env: Env,
  ctx: ExecutionContext,
): Promise<void> {
  const scheduledTime = new Date(controller.scheduledTime);
  const due = jobs.filter(({ cron }) => cron === controller.cron);
  const outcomes = await Promise.allSettled(due.map(async (job) => job.run(env, scheduledTime, ctx)));
  for (const outcome of outcomes) {
    if (outcome.status === "rejected")
      console.log(JSON.stringify({ level: "error", msg: "job failed", cause: nameOf(outcome.reason) }));
  }
}

/** Messages of the database hold statements with their parameters: the name and the place are enough here. */
const nameOf = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${error.stack?.split("\n")[1]?.trim() ?? ""}` : typeof error;
