import { sweepSuppressions } from "#scans/sweep-due";
import type { Job } from "./run.ts";

/** Suppressions end when their time has come, and take or give back the findings there are. */
export const job: Job = {
  cron: "* * * * *",
  run: (env, scheduledTime, ctx) => sweepSuppressions(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
