import { z } from "@hono/zod-openapi";
import { checks } from "#checks/registry";
import { patchOf } from "#http/patch";
import { Uuid } from "#http/shapes";
import { inputOf as ruleInputOf, NewRule, RuleBody } from "#modules/rules";
import type { Exported } from "./export.ts";
import type { FrameworkRow } from "./standing.ts";

const word = (max: number) => z.string().trim().min(1).max(max);

/** `check` and `check/variant`, as checks have them. */
const evidenceNames: ReadonlySet<string> = new Set(
  checks.flatMap(({ id, variants = {} }: { readonly id: string; readonly variants?: object }) => [
    id,
    ...Object.keys(variants).map((variant) => `${id}/${variant}`),
  ]),
);
const rule = /^rule:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const Control = z.strictObject({
  id: z.string().regex(/^[^\s,]{1,64}$/, "must be 1 to 64 characters without spaces and commas"),
  title: word(200),
  checks: z
    .array(
      z
        .string()
        .max(200)
        .refine((name) => rule.test(name) || evidenceNames.has(name), {
          error: "is neither a check (see GET /checks), nor `check/variant`, nor `rule:<id>`",
        }),
    )
    .max(100)
    .default([])
    .transform((names) => [...new Set(names)])
    .openapi({ description: "What is evidence of it: `check`, `check/variant` or `rule:<id>`." }),
});

const members = {
  title: word(200),
  edition: word(50).nullable().default(null),
  controls: z
    .array(Control)
    .min(1)
    .max(500)
    .refine((controls) => new Set(controls.map(({ id }) => id)).size === controls.length, {
      error: "has two controls of one id",
    }),
};
const example = {
  title: "Our baseline",
  edition: "2026",
  controls: [{ id: "KEYS-1", title: "Access keys are young and in use", checks: ["iam_key_old", "iam_key_unused"] }],
};

/** What PUT takes, and what a patch must make. */
export const FrameworkInput = z.strictObject(members).openapi("FrameworkInput", { example });
export type FrameworkInput = z.output<typeof FrameworkInput>;

export const NewFramework = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9_.-]{1,49}$/, "must be 2 to 50 of a-z, 0-9, `_`, `.` and `-`, and begin with a letter")
      .openapi({ description: "Chosen by you, and kept; not that of a built-in framework." }),
    ...members,
  })
  .openapi("NewFramework", { example: { id: "acme_baseline", ...example } });
export type NewFramework = z.output<typeof NewFramework>;

export const FrameworkPatch = patchOf("FrameworkPatch", FrameworkInput, { title: "Our new baseline" });

export const OwnFrameworkBody = z
  .object({
    id: z.string(),
    title: z.string(),
    edition: z.string().nullable(),
    controls: z.array(z.object({ id: z.string(), title: z.string(), checks: z.array(z.string()) })),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi("OwnFramework", {
    example: {
      id: "acme_baseline",
      ...example,
      createdAt: "2026-03-13T08:00:00.000Z",
      updatedAt: "2026-03-13T08:00:00.000Z",
    },
  });

/** A framework as somebody would write it. */
export const inputOf = ({ title, edition, controls }: FrameworkRow): FrameworkInput => ({
  title,
  edition,
  controls: controls.map(({ id, title: name, checks: names }) => ({ id, title: name, checks: [...names] })),
});

export const ownFrameworkBody = (row: FrameworkRow): z.input<typeof OwnFrameworkBody> => ({
  id: row.id,
  ...inputOf(row),
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});

const exampleRule = {
  id: "019aa5d2-6b1d-7f60-8a1b-0c9d8e7f6a5c",
  name: "Volumes are encrypted",
  severity: "high" as const,
  resourceTypes: ["AWS::EC2::Volume"],
  condition: { field: "attributes.encrypted", operator: "equals", value: false },
};

/** A rule with the id that frameworks name it by. */
const PortableRule = NewRule.safeExtend({ id: Uuid }).openapi("PortableRule", { example: exampleRule });
export type PortableRule = z.output<typeof PortableRule>;

export const PortableInput = z
  .strictObject({
    frameworks: z.array(NewFramework).max(50).default([]),
    rules: z.array(PortableRule).max(100).default([]),
  })
  .openapi("ComplianceImport", {
    example: { frameworks: [{ id: "acme_baseline", ...example }], rules: [exampleRule] },
  });
export type Portable = z.output<typeof PortableInput>;

export const PortableBody = z
  .object({
    frameworks: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        edition: z.string().nullable(),
        controls: OwnFrameworkBody.shape.controls,
      }),
    ),
    rules: z.array(
      RuleBody.pick({
        id: true,
        name: true,
        description: true,
        severity: true,
        category: true,
        resourceTypes: true,
        condition: true,
        expression: true,
        framework: true,
        control: true,
        remediation: true,
        enabled: true,
      }),
    ),
  })
  .openapi("ComplianceExport", { example: { frameworks: [{ id: "acme_baseline", ...example }], rules: [] } });

export const portableBody = ({ frameworks, rules }: Exported): z.input<typeof PortableBody> => ({
  frameworks: frameworks.map((row) => ({ id: row.id, ...inputOf(row) })),
  rules: rules.map((row) => ({ id: row.id, ...ruleInputOf(row), condition: row.condition && { ...row.condition } })),
});

export const ImportQuery = z.object({
  dryRun: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true")
    .openapi({ type: "boolean", default: false, description: "Says what would be done, and does nothing." }),
});

const outcome = z.enum(["created", "replaced", "unchanged"]);
export const ImportBody = z
  .object({
    dryRun: z.boolean(),
    frameworks: z.array(z.object({ id: z.string(), outcome })),
    rules: z
      .array(z.object({ id: z.uuid(), name: z.string(), outcome }))
      .openapi({ description: "By the ids they have here." }),
  })
  .openapi("ComplianceImported", {
    example: { dryRun: false, frameworks: [{ id: "acme_baseline", outcome: "created" as const }], rules: [] },
  });
