import { rotateSigningKeys } from "#db/signing-keys";
import { issuerOf } from "#scans/web-identity";
import type { Job } from "./run.ts";

/** Every ten minutes, away from the full hour. */
export const job: Job = {
  cron: "* * * * *",
  async run(env, scheduledTime) {
    if (scheduledTime.getUTCMinutes() % 10 === 5 && issuerOf(env) !== null) await rotateSigningKeys(env, scheduledTime);
  },
};
