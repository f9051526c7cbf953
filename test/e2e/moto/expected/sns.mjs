import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";

export async function expected(client) {
  const all = await Array.fromAsync(paginateListTopics({ client: client(SNSClient) }, {}), ({ Topics }) => Topics);
  return { "sns.topics": all.flat().map(({ TopicArn }) => TopicArn) };
}
