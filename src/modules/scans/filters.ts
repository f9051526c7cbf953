import { z } from "@hono/zod-openapi";
import { knownRegions } from "#aws/regions";
import { scanStatuses } from "#db/schema";
import { commaList, idPath, Moment, Uuid, uuidList } from "#http/shapes";
import {
  accountList,
  AccountRef,
  exampleAccountId,
  regionList,
  resourceTypes,
  serviceList,
  serviceWords,
} from "#modules/accounts";
import { exampleScanId } from "./shapes.ts";

export const ScanPath = idPath(exampleScanId);

export const ScanQuery = z.object({
  status: commaList(scanStatuses, "complete,partial").optional(),
  accountId: accountList.optional(),
  runId: uuidList.optional(),
  since: Moment.optional(),
  until: Moment.optional(),
});

export const ComparePath = ScanPath.extend({
  otherId: Uuid.openapi({ example: "0199e0b3-0000-7000-8000-000000000003" }),
});

export const GraphQuery = z.object({
  service: serviceList.optional(),
  region: regionList.optional(),
  resourceType: commaList<string>(resourceTypes, "AWS::EC2::Instance").optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(2_000))
    .default(500)
    .openapi({ type: "integer", minimum: 1, maximum: 2_000, default: 500 }),
});

export const RecentQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(10)
    .openapi({ type: "integer", minimum: 1, maximum: 100, default: 10 }),
});

const some = <Value extends z.ZodType>(value: Value, most: number) =>
  z.array(value).min(1).max(most).nullable().default(null);

/** What scans may be asked for. */
export const scanScope = {
  accountIds: some(AccountRef, 90).openapi({ description: "UUIDs or 12 digits; null or left out: every account." }),
  regions: some(z.enum(knownRegions), 100).openapi({ description: "Null or left out: what each account is set to." }),
  services: some(z.enum(serviceWords), 100).openapi({
    description: "Null or left out: what each account is set to.",
  }),
};

export const CreateScans = z
  .strictObject(scanScope)
  .openapi("CreateScans", { example: { accountIds: [exampleAccountId], regions: ["eu-west-1"], services: null } });
