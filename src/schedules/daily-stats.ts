import { rollUpOrganizations } from "#modules/dashboard";
import type { Job } from "./run.ts";

/** Every ten minutes, away from the full hour. */
export const job: Job = {
  cron: "* * * * *",
  async run(env, scheduledTime, ctx) {
    if (scheduledTime.getUTCMinutes() % 10 === 1) {
      await rollUpOrganizations(env, scheduledTime, (promise) => ctx.waitUntil(promise));
    }
  },
};
