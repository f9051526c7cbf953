import { wakeDueDeliveries } from "#deliveries/due";
import type { Job } from "./run.ts";

/** Wakes the deliveries that are due: the net under every nudge that was lost. */
export const job: Job = {
  cron: "* * * * *",
  isNet: true,
  run: (env, scheduledTime) => wakeDueDeliveries(env, scheduledTime),
};
