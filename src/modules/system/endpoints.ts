import { z } from "@hono/zod-openapi";
import { openEndpoint, text } from "#http/endpoint";
import { answerCounts } from "#http/metrics";
import { checkHealth } from "./health.ts";
import { countActiveScans, prometheusText } from "./metrics.ts";

const tag = "Operations";
const Health = z
  .object({ status: z.literal("ok"), databases: z.int() })
  .openapi("Health", { example: { status: "ok", databases: 1 } });

const health = (path: `/${string}`, operationId: string) =>
  openEndpoint(
    {
      method: "get",
      path,
      operationId,
      tag,
      summary: "Says whether the deployment can answer",
      reply: text("application/json", Health),
      faults: [],
    },
    async ({ env }) => JSON.stringify(await checkHealth(env)),
  );

export const endpoints = [
  health("/health", "getHealth"),
  health("/api/v1/health", "getApiHealth"),
  openEndpoint(
    {
      method: "get",
      path: "/metrics",
      operationId: "getMetrics",
      tag,
      summary: "Figures for Prometheus, over all organizations",
      reply: text("text/plain; version=0.0.4; charset=utf-8", z.string()),
      faults: [],
    },
    async ({ env }) => prometheusText({ activeScans: await countActiveScans(env), answers: answerCounts() }),
  ),
];
