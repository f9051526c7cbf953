import { endpoint, list, none, one } from "#http/endpoint";
import { changeFramework, replaceFramework } from "./change.ts";
import { createFramework } from "./create.ts";
import { deleteFramework } from "./delete.ts";
import { exportCompliance } from "./export.ts";
import { getFramework } from "./get.ts";
import { getHistory } from "./history.ts";
import { importCompliance, type Imported } from "./import.ts";
import { listFrameworks } from "./list.ts";
import { getScanCompliance } from "./of-scan.ts";
import {
  FrameworkInput,
  FrameworkPatch,
  ImportBody,
  ImportQuery,
  NewFramework,
  OwnFrameworkBody,
  ownFrameworkBody,
  PortableBody,
  portableBody,
  PortableInput,
} from "./own-shapes.ts";
import { getScores } from "./score.ts";
import type { FrameworkRow } from "./standing.ts";
import {
  AccountQuery,
  FrameworkBody,
  frameworkBody,
  FrameworkDetailBody,
  frameworkDetailBody,
  FrameworkPath,
  FrameworkQuery,
  HistoryBody,
  historyBody,
  HistoryQuery,
  ScanComplianceBody,
  scanComplianceBody,
  ScanCompliancePath,
  ScanComplianceQuery,
  ScoreQuery,
  ScoresBody,
  scoresBody,
} from "./shapes.ts";

const read = { method: "get", tag: "Compliance", scope: "compliance:read", role: "viewer" } as const;
const write = { tag: "Compliance", scope: "compliance:write", role: "editor" } as const;
const own = one(OwnFrameworkBody, ownFrameworkBody, ({ version }: FrameworkRow) => version);
const words =
  "Automated evidence, not certification: most requirements are about procedures that no check can see. As of the last scan of each account.";

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/compliance/frameworks",
      operationId: "listFrameworks",
      summary: "List the frameworks with their scores",
      description: `Those built in, then the organization's own, all on one page. ${words}`,
      query: AccountQuery,
      reply: list(FrameworkBody, frameworkBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, query }) => listFrameworks(org, query),
  ),
  endpoint(
    {
      ...read,
      path: "/compliance/frameworks/{id}",
      operationId: "getFramework",
      summary: "Get a framework with its controls and what speaks for or against each",
      description: words,
      params: FrameworkPath,
      query: FrameworkQuery,
      reply: one(FrameworkDetailBody, frameworkDetailBody, ({ framework }) => framework.own?.version ?? 0, {
        moving: true,
      }),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, query }) => getFramework(org, { ...params, ...query }),
  ),
  endpoint(
    {
      ...read,
      path: "/compliance/score",
      operationId: "getComplianceScore",
      summary: "Get the scores with the parts they are made of",
      description: words,
      query: ScoreQuery,
      reply: one(ScoresBody, scoresBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, query }) => getScores(org, query),
  ),
  endpoint(
    {
      ...read,
      path: "/compliance/score/history",
      operationId: "getComplianceHistory",
      summary: "Get the scores day by day",
      description:
        "One point for each day on which a scan ended: what was counted then, held against the controls as they are now. " +
        "Automated evidence, not certification.",
      query: HistoryQuery,
      reply: one(HistoryBody, historyBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, query }) => getHistory(org, query),
  ),
  endpoint(
    {
      ...read,
      path: "/scans/{id}/compliance",
      operationId: "getScanCompliance",
      summary: "Get the scores of what one scan saw",
      description: "Null while it runs. Exceptions are not known of the past. Automated evidence, not certification.",
      params: ScanCompliancePath,
      query: ScanComplianceQuery,
      reply: one(ScanComplianceBody, scanComplianceBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, params, query }) => getScanCompliance(org, { ...params, ...query }),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/compliance/frameworks",
      operationId: "createFramework",
      summary: "Make a framework of your own",
      description: "Scored like those built in, from what the checks and rules say already. 50 at most.",
      body: NewFramework,
      status: 201,
      reply: own,
      location: ({ id }) => `/compliance/frameworks/${id}`,
      faults: ["INVALID_REQUEST", "CONFLICT"],
    },
    ({ org, body }) => createFramework(org, body),
  ),
  endpoint(
    {
      ...write,
      method: "put",
      path: "/compliance/frameworks/{id}",
      operationId: "replaceFramework",
      summary: "Replace a framework of your own",
      params: FrameworkPath,
      body: FrameworkInput,
      reply: own,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => replaceFramework(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "patch",
      path: "/compliance/frameworks/{id}",
      operationId: "changeFramework",
      summary: "Change a framework of your own by merge patch (RFC 7396)",
      params: FrameworkPath,
      body: FrameworkPatch,
      reply: own,
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, body, ifMatch }) => changeFramework(org, { ...params, ifMatch }, body),
  ),
  endpoint(
    {
      ...write,
      method: "delete",
      path: "/compliance/frameworks/{id}",
      operationId: "deleteFramework",
      summary: "Delete a framework of your own",
      params: FrameworkPath,
      status: 204,
      reply: none,
      faults: ["RESOURCE_NOT_FOUND", "PRECONDITION_FAILED", "CONFLICT"],
    },
    ({ org, params, ifMatch }) => deleteFramework(org, { ...params, ifMatch }),
  ),
  endpoint(
    {
      ...read,
      path: "/compliance/export",
      operationId: "exportCompliance",
      summary: "Get the organization's own frameworks and rules, to be imported elsewhere",
      reply: one(PortableBody, portableBody),
      faults: [],
    },
    ({ org }) => exportCompliance(org),
  ),
  endpoint(
    {
      ...write,
      method: "post",
      path: "/compliance/import",
      operationId: "importCompliance",
      summary: "Store frameworks and rules that were exported, all of them or none",
      description:
        "What is new is made, what differs is replaced, frameworks by id, rules by id or name; what is not named stays. The same again changes " +
        "nothing. Everything is looked at first.",
      query: ImportQuery,
      body: PortableInput,
      reply: one(ImportBody, (imported: Imported) => imported),
      faults: ["INVALID_REQUEST", "CONFLICT"],
    },
    ({ org, body, query }) => importCompliance(org, body, query.dryRun),
  ),
];
