import { ApiGatewayV2Client, GetApisCommand } from "@aws-sdk/client-apigatewayv2";

/** The SDK has no paginator for it. */
export async function expected(client, region) {
  const gateway = client(ApiGatewayV2Client);
  const ids = [];
  let NextToken;
  do {
    const page = await gateway.send(new GetApisCommand({ NextToken }));
    ids.push(...page.Items.map(({ ApiId }) => `arn:aws:apigateway:${region}::/apis/${ApiId}`));
    ({ NextToken } = page);
  } while (NextToken);
  return { "apigatewayv2.apis": ids };
}
