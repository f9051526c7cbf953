import { endpoint, list, one } from "#http/endpoint";
import { getFinding } from "./get.ts";
import { findingSort, listFindings } from "./list.ts";
import {
  findingBody,
  FindingBody,
  FindingPath,
  FindingQuery,
  findingStatsBody,
  FindingStatsBody,
  FindingStatsQuery,
  wholeFindingBody,
  WholeFindingBody,
} from "./shapes.ts";
import { countFindings } from "./stats.ts";

const read = { method: "get", tag: "Findings", scope: "findings:read", role: "viewer" } as const;

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/findings",
      operationId: "listFindings",
      summary: "List findings",
      description: "The most severe first, then the newest. Open ones only, unless `status` says otherwise.",
      query: FindingQuery,
      sort: findingSort,
      reply: list(FindingBody, findingBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listFindings(org, page, query),
  ),
  endpoint(
    {
      ...read,
      path: "/findings/stats",
      operationId: "getFindingStats",
      summary: "Count findings by status, severity, type, category, service, region and account",
      query: FindingStatsQuery,
      reply: one(FindingStatsBody, findingStatsBody),
      faults: ["INVALID_REQUEST"],
    },
    ({ org, query }) => countFindings(org, query.status),
  ),
  endpoint(
    {
      ...read,
      path: "/findings/{id}",
      operationId: "getFinding",
      summary: "Get one finding with its resource and certificate",
      params: FindingPath,
      reply: one(WholeFindingBody, wholeFindingBody, ({ row }) => row.version, { moving: true }),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getFinding(org, params.id),
  ),
];
