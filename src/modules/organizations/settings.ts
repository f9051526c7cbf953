import { z } from "@hono/zod-openapi";
import { knownRegions } from "#aws/regions";
import { defaultSettings, type OrgSettings } from "#db/values";

const { limits, retentionDays } = defaultSettings;

const perMinute = (standard: number, what: string) =>
  z.int().min(1).max(100_000).default(standard).openapi({ description: `${what} per minute.` });
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
const parameter = z.union([z.number(), z.string().max(200), z.boolean(), z.array(z.string().max(200)).max(100)]);
const Region = z.string().refine((text) => knownRegions.includes(text), { error: `is not a region; known: ${knownRegions.join(", ")}` });

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
      .record(checkId, z.record(z.string().max(80), parameter))
      .default({})
      .openapi({ description: "Check id → parameters that differ from its defaults." }),
  })
  .openapi("OrganizationSettings", { example: { ...defaultSettings, allowedRegions: ["eu-central-1", "eu-west-1"] } });

const orNull = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(Object.fromEntries(Object.keys(shape).map((name) => [name, z.unknown().optional()])));

/** A merge patch: any of the members, null for the default. What comes out is held against `Settings`. */
export const SettingsPatch = z
  .strictObject({
    allowedRegions: z.array(z.string()).nullable().optional(),
    limits: orNull(Limits.shape).nullable().optional().openapi({ type: "object" }),
    retentionDays: orNull(Retention.shape).nullable().optional().openapi({ type: "object" }),
    checkParams: z.record(z.string(), z.unknown()).nullable().optional().openapi({ type: "object" }),
  })
  .openapi("OrganizationSettingsPatch", { example: { limits: { perCredentialPerMinute: 300 }, allowedRegions: null } });

export const settingsBody = ({ settings }: { readonly settings: OrgSettings }): z.input<typeof Settings> => ({
  allowedRegions: settings.allowedRegions === null ? null : [...settings.allowedRegions],
  limits: { ...settings.limits },
  retentionDays: { ...settings.retentionDays },
  // safe: nothing else was ever stored.
  checkParams: settings.checkParams as z.input<typeof Settings>["checkParams"],
});
