import { z } from "@hono/zod-openapi";
import { NewApiKeyBody, newApiKeyBody } from "#modules/api-keys";
import type { Bootstrapped } from "./bootstrap.ts";
import type { Organization } from "./get.ts";

const example = {
  id: "019aa5d2-6b1c-7c43-9a7e-1f2d3c4b5a69",
  name: "Example",
  slug: "example",
  tier: "team" as const,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

export const OrganizationBody = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    tier: z.enum(["free", "pro", "team"]),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi("Organization", { example });

export const organizationBody = ({ orgId, name, slug, tier, createdAt, updatedAt }: Organization): z.input<typeof OrganizationBody> => ({
  id: orgId,
  name,
  slug,
  tier,
  createdAt,
  updatedAt,
});

export const BootstrapInput = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    slug: z
      .string()
      .max(63)
      .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, "may have a-z, 0-9 and - inside"),
    keyName: z.string().trim().min(1).max(100).default("first admin key"),
  })
  .openapi("Bootstrap", { example: { name: "Example", slug: "example" } });

export const BootstrapBody = z.object({ organization: OrganizationBody, key: NewApiKeyBody }).openapi("Bootstrapped");

export const bootstrapBody = ({ organization, apiKey }: Bootstrapped, now: Date): z.input<typeof BootstrapBody> => ({
  organization: organizationBody(organization),
  key: newApiKeyBody(apiKey, now),
});
