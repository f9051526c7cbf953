import { probeDueAccounts } from "#scans/probe-due";
import type { Job } from "./run.ts";

/** Accounts turn `ok` by themselves once AWS lets us in. */
export const job: Job = {
  cron: "* * * * *",
  run: (env, scheduledTime, ctx) => probeDueAccounts(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
