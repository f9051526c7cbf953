import { openLapsed } from "#scans/lapse";
import type { Job } from "./run.ts";

/** Opens snoozed and ignored findings whose time has come. */
export const job: Job = {
  cron: "* * * * *",
  run: (env, scheduledTime, ctx) => openLapsed(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
