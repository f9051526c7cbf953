import {
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  IAMClient,
  paginateListAccessKeys,
  paginateListGroups,
  paginateListPolicies,
  paginateListRoles,
  paginateListServerCertificates,
  paginateListUsers,
} from "@aws-sdk/client-iam";

export async function expectedGlobally(client, accountId) {
  const iam = client(IAMClient);
  const listed = async (paginate, list, input = {}) =>
    (await Array.fromAsync(paginate({ client: iam }, input), (page) => page[list])).flat();
  const arns = async (...asked) => (await listed(...asked)).map(({ Arn }) => Arn);
  const { PasswordPolicy } = await iam.send(new GetAccountPasswordPolicyCommand());
  const policy = {
    minimumLength: PasswordPolicy.MinimumPasswordLength,
    requireSymbols: PasswordPolicy.RequireSymbols,
    requireNumbers: PasswordPolicy.RequireNumbers,
    requireUppercase: PasswordPolicy.RequireUppercaseCharacters,
    requireLowercase: PasswordPolicy.RequireLowercaseCharacters,
    allowUsersToChange: PasswordPolicy.AllowUsersToChangePassword,
    reusePrevention: PasswordPolicy.PasswordReusePrevention,
    maxAgeDays: PasswordPolicy.ExpirePasswords ? PasswordPolicy.MaxPasswordAge : null,
  };
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand());
  const account = {
    accessKeysPresent: SummaryMap.AccountAccessKeysPresent === 1,
    mfaEnabled: SummaryMap.AccountMFAEnabled === 1,
  };
  const keys = [];
  for (const { Arn, UserName } of await listed(paginateListUsers, "Users")) {
    // A key goes by its user and the second it was made in.
    for (const { CreateDate } of await listed(paginateListAccessKeys, "AccessKeyMetadata", { UserName }))
      keys.push(`${Arn}/access-key/${CreateDate.toISOString().slice(0, 19)}`);
  }
  return {
    "iam.accessKeys": keys,
    "iam.accounts": [[`arn:aws:iam::${accountId}:root`, account]],
    "iam.groups": await arns(paginateListGroups, "Groups"),
    "iam.passwordPolicies": [["password-policy", { policy }]],
    "iam.policies": await arns(paginateListPolicies, "Policies", { Scope: "Local" }),
    "iam.roles": await arns(paginateListRoles, "Roles"),
    "iam.serverCertificates": await arns(paginateListServerCertificates, "ServerCertificateMetadataList"),
    "iam.users": await arns(paginateListUsers, "Users"),
  };
}
