import { z } from "@hono/zod-openapi";
import { roles, scopes } from "#db/access";
import { idPath } from "#http/shapes";
import type { ApiKey, NewApiKey } from "./key.ts";

const exampleId = "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5b";
const GrantedScope = z.enum([...scopes, "*"]);

export const ApiKeyId = idPath(exampleId);

export const CreateApiKey = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    role: z.enum(roles).default("viewer").openapi({ description: "At most your own." }),
    scopes: z
      .array(GrantedScope)
      .min(1)
      .transform((granted) => [...new Set(granted)])
      .default(["*"])
      .openapi({ description: "`*`: all that the role allows. At most your own." }),
    expiresAt: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text).toISOString())
      .nullable()
      .default(null),
  })
  .openapi("CreateApiKey", {
    example: { name: "ci", role: "analyst", scopes: ["findings:read", "scans:write"], expiresAt: null },
  });

export const RotateApiKey = z
  .strictObject({
    graceHours: z
      .int()
      .min(0)
      .max(168)
      .default(24)
      .openapi({ description: "Hours for which the old key still works." }),
  })
  .openapi("RotateApiKey", { example: { graceHours: 24 } });

const members = {
  id: z.uuid(),
  name: z.string(),
  hint: z.string().openapi({ description: "All that can be shown of it." }),
  role: z.enum(roles),
  scopes: z.array(GrantedScope),
  status: z.enum(["active", "expired", "revoked"]),
  createdBy: z.string().nullable().openapi({ description: "Id of the key that made it; null: the deployment itself." }),
  rotatedTo: z.uuid().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().openapi({ description: "Exact to a few minutes." }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

const example = {
  id: exampleId,
  name: "ci",
  hint: "cg_live_…Ab3x",
  role: "analyst" as const,
  scopes: ["findings:read" as const, "scans:write" as const],
  status: "active" as const,
  createdBy: "019aa5d2-6b1c-7c43-9a7e-1f2d3c4b5a69",
  rotatedTo: null,
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: "2026-03-13T08:04:32.000Z",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

export const ApiKeyBody = z.object(members).openapi("ApiKey", { example });

export const NewApiKeyBody = z
  .object({ ...members, key: z.string().openapi({ description: "The key itself: shown here and never again." }) })
  .openapi("NewApiKey", {
    example: { ...example, lastUsedAt: null, key: "cg_live_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1yLcDB" },
  });

export function apiKeyBody(row: ApiKey, now: Date): z.input<typeof ApiKeyBody> {
  const { id, name, hint, role, createdBy, rotatedTo, expiresAt, revokedAt, lastUsedAt, createdAt, updatedAt } = row;
  const ended = expiresAt !== null && expiresAt <= now.toISOString() ? "expired" : "active";
  const status = revokedAt === null ? ended : "revoked";
  const scopes = [...row.scopes];
  return {
    id,
    name,
    hint,
    role,
    scopes,
    status,
    createdBy,
    rotatedTo,
    expiresAt,
    revokedAt,
    lastUsedAt,
    createdAt,
    updatedAt,
  };
}

export const newApiKeyBody = ({ row, key }: NewApiKey, now: Date): z.input<typeof NewApiKeyBody> => ({
  ...apiKeyBody(row, now),
  key,
});
