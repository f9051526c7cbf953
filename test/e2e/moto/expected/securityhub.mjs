import { DescribeHubCommand, SecurityHubClient } from "@aws-sdk/client-securityhub";

/** Every region has the hub's place, whether Security Hub was enabled or not. */
export async function expected(client, region, accountId) {
  const isEnabled = await client(SecurityHubClient)
    .send(new DescribeHubCommand())
    .then(
      () => true,
      ({ name }) => (name === "InvalidAccessException" ? false : name),
    );
  return { "securityhub.hubs": [[`arn:aws:securityhub:${region}:${accountId}:hub/default`, { isEnabled }]] };
}
