import type { Env } from "#env";

/** A cron job: does what is due by `scheduledTime` and may run 0, 1 or 3 times for a tick. */
export interface Job {
  readonly cron: string;
  /** It finds what was lost, with few statements: it runs before the other jobs can use up what D1 lets an invocation make. */
  readonly isNet?: boolean;
  run(env: Env, scheduledTime: Date, ctx: ExecutionContext): Promise<void>;
}

/** Runs the jobs of one tick side by side, the nets ahead; one that fails stops no other, and the next tick tries again. */
export async function runJobs(
  jobs: readonly Job[],
  controller: ScheduledController,
  env: Env,
  ctx: ExecutionContext,
): Promise<void> {
  const scheduledTime = new Date(controller.scheduledTime);
  const due = jobs.filter(({ cron }) => cron === controller.cron);
  const settle = (some: readonly Job[]) =>
    Promise.allSettled(some.map(async (job) => job.run(env, scheduledTime, ctx)));
  const outcomes = [
    ...(await settle(due.filter(({ isNet }) => isNet))),
    ...(await settle(due.filter(({ isNet }) => !isNet))),
  ];
  for (const outcome of outcomes) {
    if (outcome.status === "rejected")
      console.log(JSON.stringify({ level: "error", msg: "job failed", cause: nameOf(outcome.reason) }));
  }
}

/** Messages of the database hold statements with their parameters: the name and the place are enough here. */
const nameOf = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${error.stack?.split("\n")[1]?.trim() ?? ""}` : typeof error;
