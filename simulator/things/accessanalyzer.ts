import { json } from "../answers.ts";
import type { Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { HOME_REGION } from "../regions.ts";
import { arnIn, daysBefore, type ThingService } from "./thing.ts";

/** Source: IAM Access Analyzer API 2019-11-01. AWS names no sizes of pages. */
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 1000 };

/** The home region has an analyzer, the others have none. Cloudglass counts one thing for each region. */
const listAnalyzers: Operation = (call) => {
  const { from, to, next } = windowOf(call, call.region === HOME_REGION ? 1 : 0, paging);
  const analyzer = {
    arn: arnIn(call, "access-analyzer", "analyzer/account"),
    name: "account",
    type: "ACCOUNT",
    status: "ACTIVE",
    createdAt: daysBefore(call, 300),
  };
  return json({ analyzers: [analyzer].slice(from, to), nextToken: next });
};

export const accessanalyzer: ThingService = {
  routes: [["GET", "/analyzer", "ListAnalyzers"]],
  operations: { ListAnalyzers: listAnalyzers },
  always: { regional: 1 },
};
