import { z } from "@hono/zod-openapi";
import { knownRegions } from "#aws/regions";
import { defaultSettings, type OrgSettings } from "#db/values";
import { patchOf } from "#http/patch";
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

export const organizationBody = ({
  orgId,
  name,
  slug,
  tier,
  createdAt,
  updatedAt,
}: Organization): z.input<typeof OrganizationBody> => ({
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

const { limits, retentionDays } = defaultSettings;

const perMinute = (standard: number, what: string) =>
  z
    .int()
    .min(1)
    .max(100_000)
    .default(standard)
    .openapi({ description: `${what} per minute.` });
const days = (standard: number, least: number) => z.int().min(least).max(3_650).default(standard);

const Limits = z.strictObject({
  perCredentialPerMinute: perMinute(limits.perCredentialPerMinute, "Requests of one credential"),
  perOrganizationPerMinute: perMinute(limits.perOrganizationPerMinute, "Requests of all credentials"),
  perOrganizationPerHour: z
    .int()
    .min(0)
    .max(6_000_000)
    .default(limits.perOrganizationPerHour)
    .openapi({ description: "Requests of all credentials per hour; 0: no such limit." }),
  scanCreationPerMinute: perMinute(limits.scanCreationPerMinute, "Scans started"),
  keyCreationPerMinute: perMinute(limits.keyCreationPerMinute, "API keys made"),
  webhookTestPerMinute: perMinute(limits.webhookTestPerMinute, "Webhook tests"),
});

const Retention = z.strictObject({
  attempts: days(retentionDays.attempts, 1),
  versions: days(retentionDays.versions, 1),
  audit: days(retentionDays.audit, 30),
});

const checkId = z.string().regex(/^[a-z][a-z0-9_]{2,79}$/, "is not the id of a check");
const Region = z
  .string()
  .refine((text) => knownRegions.includes(text), { error: `is not a region; known: ${knownRegions.join(", ")}` });

/** All of an organization's settings. A member that is missing has its default. */
export const Settings = z
  .strictObject({
    allowedRegions: z
      .array(Region)
      .min(1)
      .max(100)
      .transform((regions) => [...new Set(regions)].toSorted())
      .nullable()
      .default(null)
      .openapi({ description: "Where things may be; null: not said." }),
    limits: Limits.default(() => Limits.parse({})),
    retentionDays: Retention.default(() => Retention.parse({})),
    checkParams: z
      .record(checkId, z.record(z.string().max(80), z.unknown()))
      .default({})
      .openapi({ description: "Check id → parameters that differ from its defaults, each like its default." }),
    checksOff: z
      .array(checkId)
      .max(500)
      .transform((ids) => [...new Set(ids)].toSorted())
      .default([])
      .openapi({ description: "Checks that are not asked. The next scan of each account resolves their findings." }),
  })
  .openapi("OrganizationSettings", { example: { ...defaultSettings, allowedRegions: ["eu-central-1", "eu-west-1"] } });

export const SettingsPatch = patchOf("OrganizationSettingsPatch", Settings, {
  limits: { perCredentialPerMinute: 300 },
  allowedRegions: null,
});

export const settingsBody = ({ settings }: { readonly settings: OrgSettings }): z.input<typeof Settings> => ({
  allowedRegions: settings.allowedRegions === null ? null : [...settings.allowedRegions],
  limits: { ...settings.limits },
  retentionDays: { ...settings.retentionDays },
  checkParams: Object.fromEntries(Object.entries(settings.checkParams).map(([id, params]) => [id, { ...params }])),
  checksOff: [...(settings.checksOff ?? [])],
});
