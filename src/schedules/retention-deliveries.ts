import { pruneDeliveries } from "#deliveries/retention";
import type { Job } from "./run.ts";

/** Every ten minutes, away from the full hour, a slice of what is past its time goes. */
export const job: Job = {
  cron: "* * * * *",
  async run(env, scheduledTime) {
    if (scheduledTime.getUTCMinutes() % 10 === 7) await pruneDeliveries(env, scheduledTime);
  },
};
