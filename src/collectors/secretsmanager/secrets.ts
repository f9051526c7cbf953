import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { flag, instant, number, part, tagList, text } from "#collectors/json";
import { policyOf, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { encryptedBy, related } from "#collectors/relations";
import { inRegion } from "#prices/regions";
import { secretMonthlyUsd } from "#prices/secretsmanager";

export interface Secret {
  readonly description: string | null;
  /** null: encrypted with the account's `aws/secretsmanager` key. */
  readonly kmsKeyId: string | null;
  readonly rotationEnabled: boolean;
  readonly rotationLambdaArn: string | null;
  readonly rotationAfterDays: number | null;
  /** `rate(10 days)` or `cron(…)`; null when rotation goes by days. */
  readonly rotationSchedule: string | null;
  /** The AWS service that keeps it, e.g. `rds`; null: the account itself. */
  readonly owningService: string | null;
  /** Where the secret of which this is a replica, or which has replicas, lives; null: it is alone. */
  readonly primaryRegion: string | null;
  /** When it was marked for deletion. */
  readonly deletedAt: string | null;
  /** `null` when it has no policy, or is marked for deletion and so not asked. */
  readonly policy: readonly PolicyStatement[] | null | undefined;
}

export interface SecretObserved {
  /** By the day. */
  readonly lastAccessedAt: string | null;
  readonly lastChangedAt: string | null;
  readonly lastRotatedAt: string | null;
  readonly nextRotationAt: string | null;
}

const listSecrets: Operation = {
  service: "secretsmanager",
  action: "ListSecrets",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 100] },
};
const getResourcePolicy: Operation = { service: "secretsmanager", action: "GetResourcePolicy" };

const ListedSecret = z
  .object({
    ARN: z.string(),
    Name: z.string(),
    Description: text,
    KmsKeyId: text,
    RotationEnabled: flag,
    RotationLambdaARN: text,
    RotationRules: part({ AutomaticallyAfterDays: number, ScheduleExpression: text }),
    LastRotatedDate: instant,
    LastChangedDate: instant,
    LastAccessedDate: instant,
    DeletedDate: instant,
    NextRotationDate: instant,
    Tags: tagList,
    OwningService: text,
    CreatedDate: instant,
    PrimaryRegion: text,
  })
  .transform((secret) => ({
    arn: secret.ARN,
    name: secret.Name,
    tags: secret.Tags,
    createdAt: secret.CreatedDate,
    attributes: {
      description: secret.Description,
      kmsKeyId: secret.KmsKeyId,
      rotationEnabled: secret.RotationEnabled ?? false,
      rotationLambdaArn: secret.RotationLambdaARN,
      rotationAfterDays: secret.RotationRules.AutomaticallyAfterDays,
      rotationSchedule: secret.RotationRules.ScheduleExpression,
      owningService: secret.OwningService,
      primaryRegion: secret.PrimaryRegion,
      deletedAt: secret.DeletedDate,
    },
    observed: {
      lastAccessedAt: secret.LastAccessedDate,
      lastChangedAt: secret.LastChangedDate,
      lastRotatedAt: secret.LastRotatedDate,
      nextRotationAt: secret.NextRotationDate,
    },
  }));
type ListedSecret = z.infer<typeof ListedSecret>;

const Page = z.object({ SecretList: z.array(ListedSecret) });
const Policy = z.object({ ResourcePolicy: text }).transform((answer) => policyOf(answer.ResourcePolicy));

/**
 * Source: Secrets Manager API 2017-10-17, ListSecrets (those marked for deletion too, 100 per page), and GetResourcePolicy
 * for each that is not marked.
 */
export const collector: Collector<Secret, SecretObserved, ListedSecret> = {
  id: "secretsmanager.secrets",
  service: "secretsmanager",
  resourceType: "AWS::SecretsManager::Secret",
  scope: "regional",
  actions: ["secretsmanager:GetResourcePolicy", "secretsmanager:ListSecrets"],
  async *list({ aws }) {
    for await (const page of aws.walk(listSecrets, { IncludePlannedDeletion: true })) {
      yield Page.parse(page).SecretList;
    }
  },
  describe: oneByOne(found),
};

/** null: gone since it was listed. */
async function found(
  { aws, place }: CollectContext,
  { arn, name, tags, createdAt, attributes, observed }: ListedSecret,
): Promise<Found<Secret, SecretObserved> | null> {
  // AWS refuses to tell the policy of one marked for deletion.
  const policy = attributes.deletedAt
    ? {}
    : await aws.attempt(getResourcePolicy, { SecretId: arn }, ["ResourceNotFoundException"]);
  if (policy === null) return null;
  return {
    nativeId: arn,
    arn,
    name,
    state: null,
    tags,
    createdAt,
    costMonthly: inRegion(secretMonthlyUsd(attributes), place.region),
    relations: [
      ...encryptedBy(attributes.kmsKeyId, place),
      ...related("rotatedBy", "AWS::Lambda::Function", attributes.rotationLambdaArn),
    ],
    attributes: { ...attributes, policy: Policy.safeParse(policy).data },
    observed,
  };
}
