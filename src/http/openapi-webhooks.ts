import { z, type RouteConfig } from "@hono/zod-openapi";

/** Event → what `data` of its messages is, and a sample of it. */
export type EventShapes = Readonly<Record<string, { readonly shape: z.ZodType; readonly sample: object }>>;

/** What webhooks are sent of an event, as docs/webhooks.md tells it. */
export function webhookOf(name: string, { shape, sample }: EventShapes[string]): RouteConfig & { path: string } {
  const body = z.object({
    id: z.string().openapi({ description: "The occurrence: the header `webhook-id`." }),
    event: z.literal(name),
    createdAt: z.iso.datetime(),
    organizationId: z.uuid(),
    data: shape,
  });
  const example = {
    id: "msg_019aa5d3-0a4b-7c1d-8f7e-3b2a1c0d9e8f",
    event: name,
    createdAt: "2026-03-13T08:04:30.000Z",
    organizationId: "0199e0b0-0000-7000-8000-000000000001",
    data: sample,
  };
  return {
    method: "post",
    path: name,
    operationId: `on${name.replaceAll(/(?:^|\.)\w/g, (start) => start.slice(-1).toUpperCase())}`,
    tags: ["Webhooks"],
    summary: `\`${name}\` is told`,
    description:
      "Signed as Standard Webhooks has it. docs/webhooks.md says when each event is told, and how to verify it.",
    security: [],
    request: { body: { required: true, content: { "application/json": { schema: body, example } } } },
    responses: {
      "2XX": {
        description:
          "Taken, within 15 seconds. Everything else is a failure, and tried again; 410 disables the webhook.",
      },
    },
  };
}
