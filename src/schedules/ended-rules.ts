import { resolveEndedRules } from "#modules/rules";
import type { Job } from "./run.ts";

/** Findings of rules that were switched off or deleted are resolved. */
export const job: Job = {
  cron: "* * * * *",
  run: (env, scheduledTime, ctx) => resolveEndedRules(env, scheduledTime, (promise) => ctx.waitUntil(promise)),
};
