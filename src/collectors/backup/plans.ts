import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { instant, text } from "#collectors/json";
import { tagActions, taggedAs } from "#collectors/tags";

export interface Plan {
  readonly backupPlanId: string;
  /** Another one with every change of its rules. */
  readonly versionId: string | null;
}

export interface PlanObserved {
  readonly lastExecutionAt: string | null;
}

const listBackupPlans: Operation = {
  service: "backup",
  action: "ListBackupPlans",
  method: "GET",
  path: "/backup/plans/",
  paging: { token: "nextToken", next: "NextToken", limit: ["maxResults", 1000] },
};

const ListedPlan = z.object({
  BackupPlanArn: z.string(),
  BackupPlanId: z.string(),
  BackupPlanName: text,
  CreationDate: instant,
  VersionId: text,
  LastExecutionDate: instant,
});
const Page = z.object({ BackupPlansList: z.array(ListedPlan) });

/** Source: Backup API 2018-11-15, ListBackupPlans. 1,000 per page. */
export const collector: Collector<Plan, PlanObserved> = {
  id: "backup.plans",
  service: "backup",
  resourceType: "AWS::Backup::BackupPlan",
  scope: "regional",
  actions: ["backup:ListBackupPlans", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listBackupPlans)) {
      yield Page.parse(page).BackupPlansList.map(found);
    }
  },
};

/** A plan is free; what it keeps is not. */
const found = (plan: z.infer<typeof ListedPlan>): Found<Plan, PlanObserved> => ({
  nativeId: plan.BackupPlanArn,
  arn: plan.BackupPlanArn,
  name: plan.BackupPlanName,
  state: null,
  ...taggedAs(plan.BackupPlanArn),
  createdAt: plan.CreationDate,
  costMonthly: 0,
  attributes: { backupPlanId: plan.BackupPlanId, versionId: plan.VersionId },
  observed: { lastExecutionAt: plan.LastExecutionDate },
});
