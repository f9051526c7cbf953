import { startDueSchedules } from "#modules/schedules";
import type { Job } from "./run.ts";

/** Starts the scans that are due. */
export const job: Job = {
  cron: "* * * * *",
  run: (env, scheduledTime, ctx) => startDueSchedules(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
