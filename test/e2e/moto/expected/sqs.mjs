import { GetQueueAttributesCommand, paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";

export async function expected(client) {
  const sqs = client(SQSClient);
  const all = await Array.fromAsync(paginateListQueues({ client: sqs }, {}), ({ QueueUrls }) => QueueUrls ?? []);
  const asked = all.flat().map((QueueUrl) => new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const answers = await Promise.all(asked.map((command) => sqs.send(command)));
  return { "sqs.queues": answers.map(({ Attributes }) => Attributes.QueueArn) };
}
