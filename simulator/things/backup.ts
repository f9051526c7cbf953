import { json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { fileSystemArnOf } from "./efs.ts";
import { idOf, isBare, isBusy, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: Backup API 2018-11-15. */
const plans = "backup.plans";
const resources = "backup.protectedResources";
const paging = { token: "nextToken", limit: "maxResults", byDefault: 1000, min: 1, max: 1000 };

const planId = (n: number): string => idOf("a1b2c3d4-5678-90ab-cdef-", n, 36);
const planArn = ({ account, region }: Call, n: number): string =>
  `arn:aws:backup:${region}:${account.id}:backup-plan:${planId(n)}`;

/** Volumes and file systems in turn: the file systems are the account's first. */
const resourceArn = (call: Call, n: number): string =>
  isBusy(n)
    ? `arn:aws:ec2:${call.region}:${call.account.id}:volume/${idOf("vol-0e", n, 21)}`
    : fileSystemArnOf(call, (n - 1) / 2);

const listBackupPlans: Operation = (call) => {
  const { numbers, next } = pageOf(call, plans, paging);
  const BackupPlansList = numbers.map((n) => ({
    BackupPlanArn: planArn(call, n),
    BackupPlanId: planId(n),
    BackupPlanName: `plan-${n}`,
    CreationDate: secondsBefore(call, 200),
    VersionId: "ZjQ2ZjBlYTctMzkxOC00YTM4LWE4NTMtN2Y0EXAMPLE0",
    ...(isBare(n) ? {} : { LastExecutionDate: secondsBefore(call, 1) }),
  }));
  return json({ BackupPlansList, NextToken: next });
};

const listProtectedResources: Operation = (call) => {
  const { numbers, next } = pageOf(call, resources, paging);
  const Results = numbers.map((n) => ({
    ResourceArn: resourceArn(call, n),
    ResourceType: isBusy(n) ? "EBS" : "EFS",
    ResourceName: `protected-${n}`,
    LastBackupTime: secondsBefore(call, isBare(n) ? 60 : 1),
    LastBackupVaultArn: `arn:aws:backup:${call.region}:${call.account.id}:backup-vault:Default`,
  }));
  return json({ Results, NextToken: next });
};

export const backup: ThingService = {
  routes: [
    ["GET", "/backup/plans/", "ListBackupPlans"],
    ["GET", "/resources/", "ListProtectedResources"],
  ],
  operations: { ListBackupPlans: listBackupPlans, ListProtectedResources: listProtectedResources },
  kinds: {
    [plans]: { isTagged: true, arnOf: planArn },
    [resources]: { arnOf: resourceArn },
  },
};
