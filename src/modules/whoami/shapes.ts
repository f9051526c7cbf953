import { z } from "@hono/zod-openapi";
import { roles } from "#db/access";
import type { Identity } from "./who-am-i.ts";

export const WhoamiBody = z
  .object({
    organization: z.object({ id: z.uuid(), name: z.string(), slug: z.string() }),
    credential: z.object({
      type: z.literal("api_key"),
      id: z.uuid(),
      name: z.string(),
      hint: z.string(),
      expiresAt: z.iso.datetime().nullable(),
    }),
    role: z.enum(roles),
    scopes: z.array(z.string()),
  })
  .openapi("Whoami", {
    example: {
      organization: { id: "019aa5d2-6b1c-7c43-9a7e-1f2d3c4b5a69", name: "Example", slug: "example" },
      credential: {
        type: "api_key",
        id: "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b",
        name: "ci",
        hint: "cg_live_…Ab3x",
        expiresAt: null,
      },
      role: "analyst",
      scopes: ["findings:read", "scans:write"],
    },
  });

export const whoamiBody = ({ organization, key }: Identity): z.input<typeof WhoamiBody> => ({
  organization: { id: organization.orgId, name: organization.name, slug: organization.slug },
  credential: { type: "api_key", id: key.id, name: key.name, hint: key.hint, expiresAt: key.expiresAt },
  role: key.role,
  scopes: [...key.scopes],
});
