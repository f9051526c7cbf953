import { endpoint, one } from "#http/endpoint";
import { getRun } from "./get.ts";
import { runBody, RunBody, RunPath } from "./shapes.ts";

const read = { method: "get", tag: "Scans", scope: "scans:read", role: "viewer" } as const;

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/runs/{id}",
      operationId: "getRun",
      summary: "Get one run with its scans",
      params: RunPath,
      reply: one(RunBody, runBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getRun(org, params.id),
  ),
];
