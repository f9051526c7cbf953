import { z } from "zod";
import { listAt } from "#aws/answer";
import type { AwsCaller, Input, Operation } from "#aws/caller";
import type { Relation } from "#collectors/collector";
import { by } from "#collectors/order";
import { statementsOf, type PolicyStatement } from "#collectors/policy";
import { related } from "#collectors/relations";
import { sharedPages } from "#collectors/shared";
import { claim, listOf, part, tagsAt, text, wholeListOf } from "#collectors/xml";

/** How IAM's lists go on, 1,000 per page. */
export const byMarker: NonNullable<Operation["paging"]> = {
  token: "Marker",
  next: "Marker",
  limit: ["MaxItems", 1000],
  more: "IsTruncated",
};

/** A list of so many pages is held in memory for all collectors that read it; a longer one each goes along for itself. */
const heldPagesMax = 4;

/** All pages of a list, each asked once for the whole task; null: it is too long to be held. */
async function heldPages(aws: AwsCaller, operation: Operation, input: Input): Promise<readonly unknown[] | null> {
  const pages: unknown[] = [];
  let isLonger = false;
  const leave = (): boolean => (isLonger = pages.length === heldPagesMax);
  for await (const page of sharedPages(aws, operation, input, leave)) pages.push(page);
  return isLonger ? null : pages;
}

const getAccountAuthorizationDetails: Operation = {
  service: "iam",
  action: "GetAccountAuthorizationDetails",
  paging: byMarker,
};
export const detailActions = ["iam:GetAccountAuthorizationDetails"] as const;

/** Without the policies AWS manages: what counts of them is who has them attached, and that stands with the principals. */
const detailKinds = ["User", "Role", "Group", "LocalManagedPolicy"] as const;
type DetailKind = (typeof detailKinds)[number];

/**
 * The pages in which the things of a kind are. An account that fits a few pages is asked for all kinds together, once for all
 * collectors; in a larger one each goes along its own kind, so that memory follows a page. Groups are few even there, and two
 * collectors read them. Source: IAM API 2010-05-08, GetAccountAuthorizationDetails, 1,000 per page or fewer.
 */
export async function* detailPages(aws: AwsCaller, kind: DetailKind): AsyncGenerator {
  const shared = (filter: readonly DetailKind[]): Promise<readonly unknown[] | null> =>
    heldPages(aws, getAccountAuthorizationDetails, { Filter: filter });
  const pages = (await shared(detailKinds)) ?? (kind === "Group" ? await shared([kind]) : null);
  yield* pages ?? aws.walk(getAccountAuthorizationDetails, { Filter: [kind] });
}

const Details = z.object({ IsTruncated: claim });

/** One of the lists of a page of details; those of other kinds may be left out of it, so `IsTruncated` tells that it is one. */
export function detailsIn<Entry extends z.ZodType>(page: unknown, list: string, entry: Entry): z.output<Entry>[] {
  Details.parse(page);
  return z.array(entry).parse(listAt(page, `${list}.member`));
}

export interface InlinePolicy {
  readonly name: string;
  /** `undefined`: AWS sent a text that is no policy. */
  readonly statements: readonly PolicyStatement[] | undefined;
}

/** What a principal may do, as far as it is written at the principal itself. */
export interface Permissions {
  /** ARNs of the attached managed policies, AWS's and the account's own. */
  readonly managedPolicyArns: readonly string[];
  readonly inlinePolicies: readonly InlinePolicy[];
}

export const inlinePolicies = listOf(
  "member",
  z.object({ PolicyName: z.string(), PolicyDocument: z.string() }).transform((policy): InlinePolicy => ({
    name: policy.PolicyName,
    statements: statementsOf(policy.PolicyDocument),
  })),
).transform((policies) => policies.toSorted(by(({ name }) => name)));

export const attachedArns = listOf(
  "member",
  z.object({ PolicyArn: z.string() }).transform(({ PolicyArn }) => PolicyArn),
).transform((arns) => arns.toSorted());

/** The managed policy that limits what its policies can give; null: none. */
export const boundaryArn = part({ PermissionsBoundaryArn: text }).transform(
  ({ PermissionsBoundaryArn }) => PermissionsBoundaryArn,
);

export const memberTags = tagsAt("member");

export const hasPolicies = (arns: readonly string[]): readonly Relation[] =>
  related("has", "AWS::IAM::ManagedPolicy", arns);

const listVirtualMfaDevices: Operation = { service: "iam", action: "ListVirtualMFADevices", paging: byMarker };
export const virtualMfaActions = ["iam:ListVirtualMFADevices"] as const;

const VirtualDevices = z.object({
  VirtualMFADevices: wholeListOf(
    "member",
    z.object({ SerialNumber: z.string(), User: z.object({ Arn: z.string() }).optional() }),
  ),
});

/**
 * Serial numbers of the virtual MFA devices in use, sorted, by the ARN of their user (root is one); `undefined` when they
 * could not be read. Source: IAM API 2010-05-08, ListVirtualMFADevices, 1,000 per page, asked once for all collectors.
 */
export async function virtualMfaSerials(aws: AwsCaller): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const input = { AssignmentStatus: "Assigned" };
  try {
    const serials = new Map<string, readonly string[]>();
    const pages = (await heldPages(aws, listVirtualMfaDevices, input)) ?? aws.pages(listVirtualMfaDevices, input);
    for await (const page of pages) {
      for (const { SerialNumber, User } of VirtualDevices.parse(page).VirtualMFADevices) {
        const owner = User?.Arn ?? "";
        serials.set(owner, [...(serials.get(owner) ?? []), SerialNumber].toSorted());
      }
    }
    return serials;
  } catch {
    // Asked once more, so that the gap is kept for the scan's coverage.
    await aws.attempt(listVirtualMfaDevices, input);
    return undefined;
  }
}
