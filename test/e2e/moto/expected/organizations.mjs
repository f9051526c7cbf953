import { DescribeOrganizationCommand, OrganizationsClient, paginateListAccounts } from "@aws-sdk/client-organizations";

export async function expectedGlobally(client) {
  const organizations = client(OrganizationsClient);
  const { Organization } = await organizations.send(new DescribeOrganizationCommand());
  const pages = paginateListAccounts({ client: organizations }, {});
  const accounts = (await Array.fromAsync(pages, ({ Accounts }) => Accounts)).flat();
  return {
    "organizations.organizations": [Organization.Arn],
    "organizations.accounts": accounts.map(({ Arn }) => Arn),
  };
}
