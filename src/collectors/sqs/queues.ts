import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place } from "#collectors/collector";
import { texts } from "#collectors/json";
import { policyOf, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { arnIn, encryptedBy, related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

export interface Queue {
  readonly queueUrl: string;
  readonly policy: readonly PolicyStatement[] | null | undefined;
  /** null: not encrypted by KMS. */
  readonly kmsMasterKeyId: string | null | undefined;
  /** Encrypted with a key that SQS owns. */
  readonly sqsManagedSseEnabled: boolean | undefined;
  readonly fifo: boolean | undefined;
  readonly messageRetentionSeconds: number | null | undefined;
  readonly visibilityTimeoutSeconds: number | null | undefined;
  /** Where messages go that were received too often. */
  readonly deadLetterTargetArn: string | null | undefined;
}

export interface QueueObserved {
  /** Waiting to be received, about. */
  readonly messages: number | null;
}

const listQueues: Operation = {
  service: "sqs",
  action: "ListQueues",
  // Only a request with a page size is answered with a token.
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 1000] },
};
const getQueueAttributes: Operation = { service: "sqs", action: "GetQueueAttributes" };

/** SQS leaves the list out when there is no queue. */
const Page = z.object({ QueueUrls: texts });
const QueueAttributes = z.object({ Attributes: z.record(z.string(), z.string()) });
const RedrivePolicy = z.object({ deadLetterTargetArn: z.string() });

/** Source: SQS API 2012-11-05, ListQueues (1,000 per page) and GetQueueAttributes for each. */
export const collector: Collector<Queue, QueueObserved, string> = {
  id: "sqs.queues",
  service: "sqs",
  resourceType: "AWS::SQS::Queue",
  scope: "regional",
  actions: ["sqs:GetQueueAttributes", "sqs:ListQueues", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listQueues)) {
      yield Page.parse(page).QueueUrls;
    }
  },
  describe: oneByOne(found),
};

const nameOf = (url: string): string => url.slice(url.lastIndexOf("/") + 1);

const arnOf = (url: string, place: Place): string => arnIn(place, "sqs", nameOf(url));

/** `undefined`: a policy that cannot be read. */
function deadLetterTargetOf(redrivePolicy: string | undefined): string | null | undefined {
  if (!redrivePolicy) return null;
  try {
    return RedrivePolicy.safeParse(JSON.parse(redrivePolicy)).data?.deadLetterTargetArn;
  } catch {
    return undefined;
  }
}

/** null: gone since it was listed. */
async function found({ aws, place }: CollectContext, url: string): Promise<Found<Queue, QueueObserved> | null> {
  const input = { QueueUrl: url, AttributeNames: ["All"] };
  const answer = await aws.attempt(getQueueAttributes, input, ["QueueDoesNotExist"]);
  if (answer === null) return null;
  const about = QueueAttributes.safeParse(answer).data?.Attributes;
  const count = (name: string) => about && (about[name] ? Number(about[name]) : null);
  const kmsMasterKeyId = about && (about["KmsMasterKeyId"] || null);
  const deadLetterTargetArn = about && deadLetterTargetOf(about["RedrivePolicy"]);
  const arn = arnOf(url, place);
  const created = count("CreatedTimestamp");
  return {
    nativeId: arn,
    arn,
    name: nameOf(url),
    state: null,
    ...taggedAs(arn),
    createdAt: created ? new Date(created * 1000).toISOString() : null,
    relations: [
      ...encryptedBy(kmsMasterKeyId, place),
      ...related("deadLettersTo", "AWS::SQS::Queue", deadLetterTargetArn),
    ],
    attributes: {
      queueUrl: url,
      policy: about && policyOf(about["Policy"]),
      kmsMasterKeyId,
      sqsManagedSseEnabled: about && about["SqsManagedSseEnabled"] === "true",
      fifo: about && about["FifoQueue"] === "true",
      messageRetentionSeconds: count("MessageRetentionPeriod"),
      visibilityTimeoutSeconds: count("VisibilityTimeout"),
      deadLetterTargetArn,
    },
    observed: { messages: count("ApproximateNumberOfMessages") ?? null },
  };
}
