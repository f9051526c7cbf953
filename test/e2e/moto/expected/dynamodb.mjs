import { DynamoDBClient, paginateListTables } from "@aws-sdk/client-dynamodb";

export async function expected(client, region, accountId) {
  const pages = paginateListTables({ client: client(DynamoDBClient) }, {});
  const all = await Array.fromAsync(pages, ({ TableNames }) => TableNames);
  return { "dynamodb.tables": all.flat().map((name) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`) };
}
