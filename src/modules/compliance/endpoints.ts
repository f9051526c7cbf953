import { endpoint, list, one } from "#http/endpoint";
import { getFramework } from "./get.ts";
import { getHistory } from "./history.ts";
import { listFrameworks } from "./list.ts";
import { getScanCompliance } from "./of-scan.ts";
import { getScores } from "./score.ts";
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
];
