import { wakeDueAlerts } from "#alerts/due";
import type { Job } from "./run.ts";

/** Wakes the organizations whose alert rules are due: each hour, when a window ends, and the net under every nudge that was lost. */
export const job: Job = {
  cron: "* * * * *",
  isNet: true,
  run: (env, scheduledTime) => wakeDueAlerts(env, scheduledTime),
};
