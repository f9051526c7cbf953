import { z } from "zod";
import type { Collector, Found } from "#collectors/collector";
import { statementsOf, type PolicyStatement } from "#collectors/policy";
import { tagActions, taggedAs } from "#collectors/tags";
import { claim, date, listOf, number, text } from "#collectors/xml";
import { detailActions, detailPages, detailsIn } from "./shapes.ts";

/** A managed policy of the account's own. */
export interface Policy {
  readonly policyId: string | null;
  readonly path: string;
  readonly defaultVersionId: string | null;
  /** Those of the version in force. `undefined`: AWS sent no such version, or a text that is no policy. */
  readonly statements: readonly PolicyStatement[] | undefined;
  /** Some user, group or role has it attached. */
  readonly attached: boolean | null;
}

export interface PolicyObserved {
  /** To how many users, groups and roles it is attached. */
  readonly attachmentCount: number | null;
  /** For how many users and roles it is the permissions boundary. */
  readonly boundaryCount: number | null;
}

const DetailedPolicy = z.object({
  PolicyId: text,
  Arn: z.string(),
  Path: z.string(),
  DefaultVersionId: text,
  AttachmentCount: number,
  PermissionsBoundaryUsageCount: number,
  CreateDate: date,
  PolicyVersionList: listOf("member", z.object({ Document: z.string(), IsDefaultVersion: claim })),
});

/**
 * Source: IAM API 2010-05-08, GetAccountAuthorizationDetails, asked once for all collectors; the tags come from the tagging
 * API. The policies AWS manages are not listed: the principals name those they have attached.
 */
export const collector: Collector<Policy, PolicyObserved> = {
  id: "iam.policies",
  service: "iam",
  resourceType: "AWS::IAM::ManagedPolicy",
  scope: "global",
  actions: [...detailActions, ...tagActions],
  async *list(context) {
    for await (const page of detailPages(context.aws, "LocalManagedPolicy")) {
      const policies = detailsIn(page, "Policies", DetailedPolicy);
      yield policies.map(found);
    }
  },
};

function found(policy: z.infer<typeof DetailedPolicy>): Found<Policy, PolicyObserved> {
  const inForce = policy.PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion);
  return {
    nativeId: policy.Arn,
    arn: policy.Arn,
    name: policy.Arn.split("/").at(-1) ?? null,
    state: null,
    ...taggedAs(policy.Arn),
    createdAt: policy.CreateDate,
    region: null,
    costMonthly: 0,
    attributes: {
      policyId: policy.PolicyId,
      path: policy.Path,
      defaultVersionId: policy.DefaultVersionId,
      statements: inForce && statementsOf(inForce.Document),
      attached: policy.AttachmentCount === null ? null : policy.AttachmentCount > 0,
    },
    observed: {
      attachmentCount: policy.AttachmentCount,
      boundaryCount: policy.PermissionsBoundaryUsageCount,
    },
  };
}
