import { APIGatewayClient, paginateGetRestApis } from "@aws-sdk/client-api-gateway";

export async function expected(client, region) {
  const all = await Array.fromAsync(
    paginateGetRestApis({ client: client(APIGatewayClient) }, {}),
    ({ items }) => items,
  );
  return { "apigateway.restApis": all.flat().map(({ id }) => `arn:aws:apigateway:${region}::/restapis/${id}`) };
}
