import { ListWebACLsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";

export async function expected(client) {
  const { WebACLs } = await client(WAFV2Client).send(new ListWebACLsCommand({ Scope: "REGIONAL", Limit: 100 }));
  return { "wafv2.webAcls": WebACLs.map(({ ARN }) => ARN) };
}
