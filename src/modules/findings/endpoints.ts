import { endpoint, list, one } from "#http/endpoint";
import { changeFinding } from "./change.ts";
import { changeFindings } from "./change-many.ts";
import { FindingPatch, FindingsChangedBody, findingsChangedBody, FindingsPatch } from "./decision-shapes.ts";
import { getFinding, type WholeFinding } from "./get.ts";
import { findingSort, listFindings } from "./list.ts";
import { FindingPath, FindingQuery } from "./query-shapes.ts";
import { recheckBody, RecheckBody } from "./recheck-shapes.ts";
import { recheckFinding } from "./recheck.ts";
import { findingBody, FindingBody, wholeFindingBody, WholeFindingBody } from "./shapes.ts";
import { findingStatsBody, FindingStatsBody, FindingStatsQuery } from "./stats-shapes.ts";
import { countFindings } from "./stats.ts";

const read = { method: "get", tag: "Findings", scope: "findings:read", role: "viewer" } as const;
const decide = { tag: "Findings", scope: "findings:write", role: "analyst" } as const;
const whole = one(WholeFindingBody, wholeFindingBody, ({ row }: WholeFinding) => row.version, { moving: true });

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
      ...decide,
      method: "post",
      path: "/findings/bulk",
      operationId: "changeFindings",
      summary: "Change many findings alike",
      description:
        "By ids (500 at most) or by the list's filters (1,000 in a call; `more` says that there are others). All of it is written, or " +
        "nothing; what a change cannot be made to is skipped, and `skipped` says why.",
      body: FindingsPatch,
      reply: one(FindingsChangedBody, findingsChangedBody),
      faults: ["INVALID_REQUEST", "INVALID_CURSOR", "CONFLICT"],
    },
    ({ org, body: { ids, filter, cursor, changes } }) =>
      changeFindings(org, ids ? { ids } : { filter: filter ?? {}, cursor }, changes),
  ),
  endpoint(
    {
      ...read,
      path: "/findings/{id}",
      operationId: "getFinding",
      summary: "Get one finding with its resource and certificate",
      params: FindingPath,
      reply: whole,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params }) => getFinding(org, params.id),
  ),
  endpoint(
    {
      ...decide,
      method: "patch",
      path: "/findings/{id}",
      operationId: "changeFinding",
      summary: "Snooze, ignore or reopen a finding, or change its note, assignee, due date or ticket",
      description:
        "Merges (RFC 7396). A decision holds through all scans until its time comes, or until what it stands on has changed: the " +
        "severity, or a fact the check calls decisive. One that is reopened although a suppression matches is taken by none again.",
      params: FindingPath,
      body: FindingPatch,
      reply: whole,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT", "INVALID_TRANSITION"],
    },
    ({ org, params, body, ifMatch }) => changeFinding(org, { ...body, ...params, ifMatch }),
  ),
  endpoint(
    {
      ...decide,
      method: "post",
      path: "/findings/{id}/recheck",
      operationId: "recheckFinding",
      summary: "Ask AWS about a finding's resource now",
      description:
        "Judges the resource by this one check and keeps what came of it, as a scan would. Where AWS does not say, the verdict is " +
        "`unknown` and the finding stays. Scores and coverage move with the next scan.",
      group: "scan-create",
      params: FindingPath,
      reply: one(RecheckBody, recheckBody),
      faults: [
        "INVALID_REQUEST",
        "RESOURCE_NOT_FOUND",
        "SCAN_RUNNING",
        "CONFLICT",
        "RECHECK_TOO_LARGE",
        "ROLE_UNGUARDED",
        "METHOD_UNAVAILABLE",
      ],
    },
    ({ org, params }) => recheckFinding(org, params.id),
  ),
];
