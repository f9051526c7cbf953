import { endpoint, list, one } from "#http/endpoint";
import { startedRunBody, StartedRunBody } from "#modules/runs";
import { cancelScan } from "#scans/cancel";
import type { ScanRow } from "#scans/claim";
import { ComparePath, CreateScans, GraphQuery, RecentQuery, ScanPath, ScanQuery } from "./filters.ts";
import { awaitRun } from "./await-run.ts";
import { compareScans } from "./compare.ts";
import { differenceBody, DifferenceBody, graphBody, GraphBody } from "./comparison-shapes.ts";
import { listComponents } from "./components.ts";
import { getCoverage } from "./coverage.ts";
import { createScans } from "./create.ts";
import { getScan } from "./get.ts";
import { getGraph } from "./graph.ts";
import { activeStatuses, listScans, recentScans } from "./list.ts";
import { componentBody, ComponentBody, coverageBody, CoverageBody, scanBody, ScanBody, ScansBody } from "./shapes.ts";

const read = { method: "get", tag: "Scans", scope: "scans:read", role: "viewer" } as const;
const scanVersion = ({ version }: ScanRow): number => version;

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/scans",
      operationId: "listScans",
      summary: "List scans, the newest first",
      query: ScanQuery,
      sort: ["createdAt"],
      reply: list(ScanBody, scanBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page, query }) => listScans(org, page, query),
  ),
  endpoint(
    {
      method: "post",
      path: "/scans",
      operationId: "createScans",
      tag: "Scans",
      summary: "Start a run: one scan for each account",
      description:
        "Of one account, several, or all of them. Accounts that are disabled, or being scanned already, are skipped and named. " +
        "`Prefer: wait=20` answers when they have ended, or after so many seconds (20 at most).",
      scope: "scans:write",
      role: "analyst",
      group: "scan-create",
      body: CreateScans,
      status: 202,
      reply: one(StartedRunBody, startedRunBody),
      location: ({ id }) => `/runs/${id}`,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "CONFLICT", "SCAN_RUNNING"],
    },
    async ({ org, body, waitSeconds }) => awaitRun(org, await createScans(org, body), waitSeconds),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/active",
      operationId: "listActiveScans",
      summary: "List the scans that have not ended",
      reply: list(ScanBody, scanBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR"],
    },
    ({ org, page }) => listScans(org, page, { status: activeStatuses }),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/recent",
      operationId: "listRecentScans",
      summary: "List the scans that ended last",
      query: RecentQuery,
      reply: one(ScansBody, (scans: readonly ScanRow[]) => scans.map(scanBody)),
      faults: ["INVALID_REQUEST"],
    },
    ({ org, query }) => recentScans(org, query.limit),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}",
      operationId: "getScan",
      summary: "Get one scan",
      params: ScanPath,
      reply: one(ScanBody, scanBody, scanVersion),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getScan(org, params.id),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}/coverage",
      operationId: "listCoverage",
      summary: "List what a scan was to look at and what came of it",
      description: "One row for each region and collector, all on one page; while the scan runs, as far as it is.",
      params: ScanPath,
      reply: list(CoverageBody, coverageBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getCoverage(org, params.id),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}/components",
      operationId: "listComponents",
      summary: "List the resources as of a scan",
      params: ScanPath,
      reply: list(ComponentBody, componentBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page }) => listComponents(org, page, params.id),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}/compare/{otherId}",
      operationId: "compareScans",
      summary: "List what is different in another scan of the same account",
      description:
        "From the first scan to the other: added, removed and changed resources, by their ids. A page may hold fewer rows than " +
        "`limit`, where resources came and went in between.",
      params: ComparePath,
      reply: list(DifferenceBody, differenceBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, page }) => compareScans(org, page, params),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}/graph",
      operationId: "getScanGraph",
      summary: "Get the resources as of a scan and what they depend on, to be drawn",
      params: ScanPath,
      query: GraphQuery,
      reply: one(GraphBody, graphBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, query }) => getGraph(org, params.id, query),
  ),
  endpoint(
    {
      method: "post",
      path: "/scans/{id}/cancel",
      operationId: "cancelScan",
      tag: "Scans",
      summary: "Cancel a scan",
      scope: "scans:write",
      role: "editor",
      params: ScanPath,
      reply: one(ScanBody, scanBody, scanVersion),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "CONFLICT"],
    },
    ({ org, params }) => cancelScan(org, params.id),
  ),
];
