import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { instant, number, part, text, texts } from "#collectors/json";
import { oneByOne } from "#collectors/read";
import { assumes, encryptedBy, networkRelations } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { mlInstanceMonthlyUsd, mlStorageMonthlyUsd } from "#prices/sagemaker";
import { gone } from "./shapes.ts";

/** A notebook instance. `state`: `InService` runs and is billed by the hour. */
export interface NotebookInstance {
  /** `ml.t3.medium`. */
  readonly instanceType: string | null;
  /** Started, stopped or changed; work in it does not count. */
  readonly modifiedAt: string | null;
  /** `undefined`, here and below: DescribeNotebookInstance could not be read. */
  readonly directInternetAccess: boolean | null | undefined;
  readonly rootAccess: boolean | null | undefined;
  /** null: AWS's own key. */
  readonly kmsKeyId: string | null | undefined;
  /** null: in no VPC of the account. */
  readonly subnetId: string | null | undefined;
  readonly securityGroupIds: readonly string[] | undefined;
  readonly roleArn: string | null | undefined;
  readonly volumeSizeGib: number | null | undefined;
  /** `1`: instance metadata answers without a token; `2`: only with one. */
  readonly metadataServiceVersionMin: string | null | undefined;
}

const listNotebookInstances: Operation = {
  service: "sagemaker",
  action: "ListNotebookInstances",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 100] },
};
const describeNotebookInstance: Operation = { service: "sagemaker", action: "DescribeNotebookInstance" };

const ListedNotebook = z.object({
  NotebookInstanceName: z.string(),
  NotebookInstanceArn: z.string(),
  NotebookInstanceStatus: text,
  InstanceType: text,
  CreationTime: instant,
  LastModifiedTime: instant,
});
const Page = z.object({ NotebookInstances: z.array(ListedNotebook) });
type ListedNotebook = z.infer<typeof ListedNotebook>;

const switched = text.transform((word) => (word === null ? null : word === "Enabled"));
const DescribedNotebook = z.object({
  DirectInternetAccess: switched,
  RootAccess: switched,
  KmsKeyId: text,
  SubnetId: text,
  SecurityGroups: texts,
  RoleArn: text,
  VolumeSizeInGB: number,
  InstanceMetadataServiceConfiguration: part({ MinimumInstanceMetadataServiceVersion: text }),
});

/** Source: SageMaker API 2017-07-24, ListNotebookInstances, 100 per page, and DescribeNotebookInstance of each. */
export const collector: Collector<NotebookInstance, object, ListedNotebook> = {
  id: "sagemaker.notebookInstances",
  service: "sagemaker",
  resourceType: "AWS::SageMaker::NotebookInstance",
  scope: "regional",
  actions: ["sagemaker:DescribeNotebookInstance", "sagemaker:ListNotebookInstances", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listNotebookInstances)) {
      yield Page.parse(page).NotebookInstances;
    }
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, listed: ListedNotebook): Promise<Found<NotebookInstance> | null> {
  const input = { NotebookInstanceName: listed.NotebookInstanceName };
  const answer = await aws.attempt(describeNotebookInstance, input, gone);
  if (answer === null) return null;
  const described = DescribedNotebook.safeParse(answer).data;
  return {
    nativeId: listed.NotebookInstanceArn,
    arn: listed.NotebookInstanceArn,
    name: listed.NotebookInstanceName,
    state: listed.NotebookInstanceStatus,
    ...taggedAs(listed.NotebookInstanceArn),
    createdAt: listed.CreationTime,
    costMonthly: costOf(listed, described?.VolumeSizeInGB ?? null, place.region),
    relations: [
      ...assumes(described?.RoleArn),
      ...networkRelations(place, { subnetIds: described?.SubnetId, securityGroupIds: described?.SecurityGroups }),
      ...encryptedBy(described?.KmsKeyId, place),
    ],
    attributes: {
      instanceType: listed.InstanceType,
      modifiedAt: listed.LastModifiedTime,
      directInternetAccess: described?.DirectInternetAccess,
      rootAccess: described?.RootAccess,
      kmsKeyId: described?.KmsKeyId,
      subnetId: described?.SubnetId,
      securityGroupIds: described?.SecurityGroups.toSorted(),
      roleArn: described?.RoleArn,
      volumeSizeGib: described?.VolumeSizeInGB,
      metadataServiceVersionMin: described?.InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion,
    },
  };
}

/** A stopped one keeps its volume. */
function costOf(listed: ListedNotebook, volumeSizeGib: number | null, region: string): number | null {
  const storage = volumeSizeGib === null ? null : mlStorageMonthlyUsd(volumeSizeGib, region);
  const isBilled = listed.NotebookInstanceStatus === "InService" && listed.InstanceType !== null;
  const instance = isBilled ? mlInstanceMonthlyUsd(listed.InstanceType ?? "", region) : 0;
  return storage === null || instance === null ? null : storage + instance;
}
