import { z } from "@hono/zod-openapi";
import { categories, exposures, severities } from "#checks/check";
import { frameworks } from "#frameworks/registry";
import { findingStatuses, type FindingStatus } from "#db/schema";
import { commaList, idPath, Moment, SearchText, uuidList, wordList } from "#http/shapes";
import { accountList, regionList, serviceList } from "#modules/accounts";
import { resourceTypeList } from "#modules/resources";
import { environments } from "#scores/risk";
import { findingTypeList } from "./type-shapes.ts";

const frameworkIds = frameworks.map(({ id }) => id);

export const StatusList = commaList([...findingStatuses, "all"], "open").transform((words): readonly FindingStatus[] =>
  findingStatuses.filter((status) => words.includes("all") || words.includes(status)),
);

export const FindingPath = idPath("9b1deb4d-3b7d-8bad-9bdd-2b0d7b3dcb6d");

export const FindingQuery = z.object({
  status: StatusList.optional().openapi({
    type: "string",
    description: `Comma list of: ${findingStatuses.join(", ")}, all. Left out: open, and all of a suppression.`,
    example: "open,snoozed",
  }),
  severity: commaList(severities, "critical,high").optional(),
  type: findingTypeList.optional(),
  category: commaList(categories, "security").optional(),
  accountId: accountList.optional(),
  region: regionList.optional(),
  service: serviceList.optional(),
  resourceType: resourceTypeList.optional(),
  resourceId: uuidList.optional(),
  suppressionId: uuidList.optional(),
  assignee: wordList("ana@example.com").optional(),
  framework: commaList<string>(frameworkIds, "soc2").optional(),
  control: wordList("cis_aws_5.0:5.2").optional().openapi({
    type: "string",
    description: "Comma list of `<framework>:<control>`: findings of the checks that are evidence for one of them.",
    example: "cis_aws_5.0:5.2",
  }),
  exposure: commaList(exposures, "internet").optional(),
  environment: commaList(environments, "production").optional(),
  dueBefore: Moment.optional(),
  minSavings: z.coerce.number().min(0).max(1e9).optional().openapi({ description: "USD a month.", example: 10 }),
  q: SearchText.optional(),
  updatedSince: Moment.optional(),
});
