import { endpoint, list } from "#http/endpoint";
import { listChecks } from "./list.ts";
import { checkBody, CheckBody, CheckQuery } from "./shapes.ts";

export const endpoints = [
  endpoint(
    {
      method: "get",
      path: "/checks",
      operationId: "listChecks",
      tag: "Checks",
      summary: "List the checks",
      description: "What is looked for, why, and what to do about it. All of them on one page.",
      scope: "findings:read",
      role: "viewer",
      query: CheckQuery,
      reply: list(CheckBody, checkBody),
      faults: ["INVALID_REQUEST"],
    },
    ({ org, query }) => listChecks(org, query),
  ),
];
