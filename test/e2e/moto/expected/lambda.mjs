import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";

export async function expected(client) {
  const pages = paginateListFunctions({ client: client(LambdaClient) }, {});
  const all = await Array.fromAsync(pages, ({ Functions }) => Functions);
  return { "lambda.functions": all.flat().map(({ FunctionArn }) => FunctionArn) };
}
