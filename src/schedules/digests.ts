import { tellDigests } from "#modules/channels";
import type { Job } from "./run.ts";

/** Channels that gather alerts are told of them at their times. */
export const job: Job = {
  cron: "* * * * *",
  run: (env, scheduledTime, ctx) => tellDigests(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
