import type { Env } from "#env";
import { createApp } from "#http/app";
import { consumeBatch } from "#queues/consume";
import { runJobs } from "#schedules/run";
import { endpointLists } from "./modules/registry.ts";
import { consumers } from "./queues/registry.ts";
import { jobs } from "./schedules/registry.ts";

export { OrgGate } from "#objects/org-gate";
export { ScanFeed } from "#objects/scan-feed";

const app = createApp(endpointLists.flat());

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  queue: (batch, env, ctx) => consumeBatch(consumers, batch, env, ctx),
  scheduled: (controller, env, ctx) => runJobs(jobs, controller, env, ctx),
} satisfies ExportedHandler<Env>;
