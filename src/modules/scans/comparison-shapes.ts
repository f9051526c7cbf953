import { z } from "@hono/zod-openapi";
import type { Difference } from "./compare.ts";
import type { Graph } from "./graph.ts";

const exampleInstanceId = "6a1f0c7e-2b9d-8c4e-b1a7-3f5e7d9c1b02";
const exampleVolumeId = "8d2c8f6e-4b0a-8f3e-9a53-1f2f0f6f2b11";

export const DifferenceBody = z
  .object({
    id: z.uuid(),
    change: z.enum(["added", "removed", "changed"]),
    resourceType: z.string(),
    service: z.string(),
    region: z.string(),
    resourceId: z.string(),
    arn: z.string().nullable(),
    name: z.string().nullable(),
    fields: z
      .array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() }))
      .openapi({ description: "Of what changed: where, and how it was in the one scan and in the other." }),
  })
  .openapi("ScanDifference", {
    example: {
      id: exampleVolumeId,
      change: "changed",
      resourceType: "AWS::EC2::Volume",
      service: "ec2",
      region: "eu-west-1",
      resourceId: "arn:aws:ec2:eu-west-1:123456789012:volume/vol-0a1b2c3d4e5f60718",
      arn: "arn:aws:ec2:eu-west-1:123456789012:volume/vol-0a1b2c3d4e5f60718",
      name: "data",
      fields: [{ path: "attributes.volumeType", before: "gp2", after: "gp3" }],
    },
  });

/** A difference as everybody may see it. */
export const differenceBody = ({ id, change, version, fields }: Difference): z.input<typeof DifferenceBody> => ({
  id,
  change,
  resourceType: version.resource_type,
  service: version.service,
  region: version.region,
  resourceId: version.native_id,
  arn: version.arn,
  name: version.name,
  fields: fields.map(({ path, before, after }) => ({ path, before, after })),
});

export const GraphBody = z
  .object({
    nodes: z.array(
      z.object({
        id: z.uuid(),
        resourceType: z.string(),
        service: z.string().nullable().openapi({
          description:
            "Null: known only because something points at it. It is gone, another account's, not collected, or outside the filters.",
        }),
        region: z.string().nullable(),
        name: z.string().nullable(),
        label: z.string().openapi({ description: "An ARN, AWS's own id, or a DNS name." }),
        state: z.string().nullable(),
      }),
    ),
    edges: z.array(
      z.object({
        source: z.uuid().openapi({ description: "The node that depends on the other." }),
        target: z.uuid(),
        kind: z.string(),
      }),
    ),
    truncated: z.boolean().openapi({ description: "There are more resources than `limit`." }),
  })
  .openapi("ScanGraph", {
    example: {
      nodes: [
        {
          id: exampleInstanceId,
          resourceType: "AWS::EC2::Instance",
          service: "ec2",
          region: "eu-west-1",
          name: "web",
          label: "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60718",
          state: "running",
        },
        {
          id: exampleVolumeId,
          resourceType: "AWS::EC2::Volume",
          service: "ec2",
          region: "eu-west-1",
          name: "data",
          label: "arn:aws:ec2:eu-west-1:123456789012:volume/vol-0a1b2c3d4e5f60718",
          state: "in-use",
        },
      ],
      edges: [{ source: exampleInstanceId, target: exampleVolumeId, kind: "uses" }],
      truncated: false,
    },
  });

export const graphBody = ({ nodes, edges, truncated }: Graph): z.input<typeof GraphBody> => ({
  nodes: [...nodes],
  edges: [...edges],
  truncated,
});
