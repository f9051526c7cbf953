import { z } from "@hono/zod-openapi";
import { relationKinds, type RelationKind } from "#collectors/collector";
import type { Dependency, Dependent } from "./dependencies.ts";
import { resourceExample as example } from "./shapes.ts";

const LinkedBody = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  awsAccountId: z.string(),
  resourceType: z.string(),
  service: z.string(),
  region: z.string(),
  arn: z.string().nullable(),
  name: z.string().nullable(),
  state: z.string().nullable(),
});
const kind = z
  .enum(relationKinds)
  .openapi({ description: "The verb between the two, read from the one that depends." });
const linkedExample = {
  id: example.id,
  accountId: example.accountId,
  awsAccountId: example.awsAccountId,
  resourceType: example.resourceType,
  service: example.service,
  region: example.region,
  arn: example.arn,
  name: example.name,
  state: example.state,
};

export const DependencyBody = z
  .object({
    kind,
    resourceType: z.string().openapi({ description: "`DNS` where only a name is known." }),
    target: z.string().openapi({ description: "As AWS names it: an ARN, or a DNS name." }),
    resource: LinkedBody.nullable().openapi({
      description: "Null: it is gone, another organization's, or of a kind that is not collected.",
    }),
  })
  .openapi("ResourceDependency", {
    example: { kind: "uses", resourceType: example.resourceType, target: example.arn, resource: linkedExample },
  });
export const dependencyBody = ({ kind: verb, ...rest }: Dependency): z.input<typeof DependencyBody> => ({
  // safe: relations are written from what collectors find.
  kind: verb as RelationKind,
  ...rest,
});

export const DependentBody = z
  .object({ kind, resource: LinkedBody })
  .openapi("ResourceDependent", { example: { kind: "uses", resource: linkedExample } });
export const dependentBody = ({ kind: verb, resource }: Dependent): z.input<typeof DependentBody> => ({
  // safe: as above.
  kind: verb as RelationKind,
  resource,
});
