import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { flag, instant, list, part, text, texts } from "#collectors/json";
import { ordered } from "#collectors/order";
import { oneByOne } from "#collectors/read";
import { assumes, networkRelations } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { gone } from "./shapes.ts";

/** A model that endpoints can serve. `undefined`: DescribeModel could not be read. */
export interface Model {
  /** Its containers reach no network at all. */
  readonly networkIsolation: boolean | undefined;
  /** Empty: in no VPC of the account. */
  readonly subnetIds: readonly string[] | undefined;
  readonly securityGroupIds: readonly string[] | undefined;
  readonly roleArn: string | null | undefined;
  /** Container images. */
  readonly images: readonly string[] | undefined;
}

const listModels: Operation = {
  service: "sagemaker",
  action: "ListModels",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 100] },
};
const describeModel: Operation = { service: "sagemaker", action: "DescribeModel" };

const ListedModel = z.object({ ModelName: z.string(), ModelArn: z.string(), CreationTime: instant });
const Page = z.object({ Models: z.array(ListedModel) });
type ListedModel = z.infer<typeof ListedModel>;

const DescribedModel = z.object({
  EnableNetworkIsolation: flag,
  VpcConfig: part({ SecurityGroupIds: texts, Subnets: texts }),
  ExecutionRoleArn: text,
  PrimaryContainer: part({ Image: text }),
  Containers: list(z.object({ Image: text })),
});
type DescribedModel = z.infer<typeof DescribedModel>;

/** Source: SageMaker API 2017-07-24, ListModels, 100 per page, and DescribeModel of each. */
export const collector: Collector<Model, object, ListedModel> = {
  id: "sagemaker.models",
  service: "sagemaker",
  resourceType: "AWS::SageMaker::Model",
  scope: "regional",
  actions: ["sagemaker:DescribeModel", "sagemaker:ListModels", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listModels)) {
      yield Page.parse(page).Models;
    }
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, listed: ListedModel): Promise<Found<Model> | null> {
  const answer = await aws.attempt(describeModel, { ModelName: listed.ModelName }, gone);
  if (answer === null) return null;
  const described = DescribedModel.safeParse(answer).data;
  const subnetIds = described?.VpcConfig.Subnets.toSorted();
  const securityGroupIds = described?.VpcConfig.SecurityGroupIds.toSorted();
  return {
    nativeId: listed.ModelArn,
    arn: listed.ModelArn,
    name: listed.ModelName,
    state: null,
    ...taggedAs(listed.ModelArn),
    createdAt: listed.CreationTime,
    costMonthly: 0,
    relations: [...assumes(described?.ExecutionRoleArn), ...networkRelations(place, { subnetIds, securityGroupIds })],
    attributes: {
      networkIsolation: described && (described.EnableNetworkIsolation ?? false),
      subnetIds,
      securityGroupIds,
      roleArn: described?.ExecutionRoleArn,
      images: described && imagesOf(described),
    },
  };
}

const imagesOf = ({ PrimaryContainer, Containers }: DescribedModel): readonly string[] =>
  ordered([PrimaryContainer, ...Containers].map(({ Image }) => Image));
