import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { Collector, Found } from "#collectors/collector";
import { instant, text } from "#collectors/json";
import { related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { organizationActions, organizationOf, type Organization } from "./shapes.ts";

/** An account of the organization, as its management account sees it. */
export interface MemberAccount {
  /** The 12 digits. */
  readonly accountId: string;
  readonly isManagement: boolean;
  /** `INVITED` or `CREATED`. */
  readonly joinedMethod: string | null;
}

const listAccounts: Operation = {
  service: "organizations",
  action: "ListAccounts",
  paging: { token: "NextToken", next: "NextToken", limit: ["MaxResults", 20] },
};

const ListedAccount = z.object({
  Id: z.string(),
  Arn: z.string(),
  Name: text,
  Status: text,
  State: text,
  JoinedMethod: text,
  JoinedTimestamp: instant,
});
const Page = z.object({ Accounts: z.array(ListedAccount) });

/**
 * Source: Organizations API 2016-11-28, DescribeOrganization, and in the management account alone ListAccounts, 20 per page;
 * the tags come from the tagging API. Elsewhere nothing is found: AWS tells the list to nobody else.
 */
export const collector: Collector<MemberAccount> = {
  id: "organizations.accounts",
  service: "organizations",
  resourceType: "AWS::Organizations::Account",
  scope: "global",
  optional: true,
  actions: [...organizationActions, "organizations:ListAccounts", ...tagActions],
  async *list(context) {
    const organization = await organizationOf(context.aws);
    if (organization?.MasterAccountId !== context.place.awsAccountId) return;
    for await (const page of context.aws.walk(listAccounts)) {
      yield Page.parse(page).Accounts.map((account) => found(account, organization));
    }
  },
};

const found = (account: z.infer<typeof ListedAccount>, organization: Organization): Found<MemberAccount> => ({
  nativeId: account.Arn,
  arn: account.Arn,
  name: account.Name,
  state: account.State ?? account.Status,
  ...taggedAs(account.Arn),
  createdAt: account.JoinedTimestamp,
  region: null,
  costMonthly: 0,
  relations: related("memberOf", "AWS::Organizations::Organization", organization.Arn),
  attributes: {
    accountId: account.Id,
    isManagement: account.Id === organization.MasterAccountId,
    joinedMethod: account.JoinedMethod,
  },
});
