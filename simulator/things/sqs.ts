import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { isBare, isBusy, numberOf, pageOf, policyOf, secondsBefore, sharing, type ThingService } from "./thing.ts";

/** Source: SQS API 2012-11-05. */
const kind = "sqs.queues";
const paging = { token: "NextToken", limit: "MaxResults", byDefault: 1000, min: 1, max: 1000 };

/** Every eighth keeps the order of its messages. */
const isFifo = (n: number): boolean => n % 8 === 7;
const nameOf = (n: number): string => `queue-${n}${isFifo(n) ? ".fifo" : ""}`;
const arnOf = ({ account, region }: Call, n: number): string => `arn:aws:sqs:${region}:${account.id}:${nameOf(n)}`;

/** Only a request with a page size is answered with a token; without queues the list is left out. */
const listQueues: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const QueueUrls = numbers.map((n) => `https://sqs.${call.region}.amazonaws.com/${call.account.id}/${nameOf(n)}`);
  return json({
    ...(QueueUrls.length > 0 ? { QueueUrls } : {}),
    NextToken: text(call, "MaxResults") === undefined ? undefined : next,
  });
};

const missing = new AwsError("com.amazonaws.sqs#QueueDoesNotExist", 400, "The specified queue does not exist.");

/** Idle ones hand what fails to the queue before them. */
const getQueueAttributes: Operation = (call) => {
  const n = numberOf(call, kind, "QueueUrl", missing);
  const QueueArn = arnOf(call, n);
  const redrive = { deadLetterTargetArn: arnOf(call, n - 1), maxReceiveCount: 5 };
  return json({
    Attributes: {
      QueueArn,
      Policy: policyOf(sharing(call, n, "SQS:SendMessage", QueueArn)),
      ApproximateNumberOfMessages: isBusy(n) ? "3" : "0",
      CreatedTimestamp: String(secondsBefore(call, 250)),
      LastModifiedTimestamp: String(secondsBefore(call, 200)),
      VisibilityTimeout: "30",
      MessageRetentionPeriod: "345600",
      ...(isBusy(n) || isFifo(n) ? {} : { RedrivePolicy: JSON.stringify(redrive) }),
      ...(isFifo(n) ? { FifoQueue: "true", ContentBasedDeduplication: "false" } : {}),
      ...(n % 3 === 0 && !isBare(n)
        ? { KmsMasterKeyId: "alias/aws/sqs", SqsManagedSseEnabled: "false" }
        : { SqsManagedSseEnabled: String(!isBare(n)) }),
    },
  });
};

export const sqs: ThingService = {
  operations: { ListQueues: listQueues, GetQueueAttributes: getQueueAttributes },
  kinds: { [kind]: { isTagged: true, arnOf } },
};
