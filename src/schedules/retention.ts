import { pruneOrganizations } from "#db/retention";
import type { Job } from "./run.ts";

/** Every ten minutes, away from the full hour. */
export const job: Job = {
  cron: "* * * * *",
  async run(env, scheduledTime, ctx) {
    if (scheduledTime.getUTCMinutes() % 10 === 3) {
      await pruneOrganizations(env, scheduledTime, (promise) => ctx.waitUntil(promise));
    }
  },
};
