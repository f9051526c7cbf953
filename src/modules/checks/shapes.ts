import { z } from "@hono/zod-openapi";
import { categories, severities, type About } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import type { DescribedCheck } from "./catalogue.ts";
import { collectors } from "#collectors/registry";
import { frameworks as known } from "#frameworks/registry";
import { commaList } from "#http/shapes";
import { serviceList } from "#modules/accounts";

const frameworks = known.map(({ id }) => id);

export const CheckQuery = z.object({
  severity: commaList(severities, "critical,high").optional(),
  category: commaList(categories, "security").optional(),
  service: serviceList.optional(),
  framework: commaList<string>(frameworks, "soc2").optional(),
});
export const CheckPath = z.object({ id: z.string().openapi({ example: "orphaned_volume" }) });

const enabled = z.boolean().nullish().openapi({ description: "False: not asked any more. Null: as usual, asked." });
const params = z
  .record(z.string().max(80), z.unknown())
  .nullish()
  .openapi({ description: "Each like its default. Null: all as usual." });

/** A merge patch. */
export const CheckPatch = z.strictObject({ enabled, params }).openapi("CheckPatch", {
  example: { enabled: true, params: { graceDays: 7 } },
});
export const CheckInput = z.strictObject({ enabled, params }).openapi("CheckInput", { example: { enabled: false } });

/** What a check judges: nothing in particular where it judges every resource. */
const judgedBy = ({ resources }: SealedCheck): { services: string[]; resourceTypes: string[] } => {
  const read = resources === "every" ? [] : resources.map((id) => collectors[id]);
  return {
    services: [...new Set(read.map(({ service }) => service))].toSorted(),
    resourceTypes: [...new Set(read.map(({ resourceType }) => resourceType))].toSorted(),
  };
};

export const CheckBody = z
  .object({
    id: z.string().openapi({ description: "A finding's `type`." }),
    title: z.string(),
    severity: z.enum(severities).openapi({ description: "Unless a verdict says otherwise." }),
    category: z.enum(categories),
    domain: z.string(),
    services: z.array(z.string()).openapi({ description: "Empty: every service." }),
    resourceTypes: z.array(z.string()).openapi({ description: "Empty: whatever any collector finds." }),
    rationale: z.string(),
    remediation: z.string(),
    effort: z.enum(["low", "medium", "high"]),
    confidence: z.number().min(0).max(1),
    drift: z.boolean().openapi({ description: "Turning from pass to fail is told as `security.drift`." }),
    controls: z.record(z.string(), z.array(z.string())).openapi({ description: "Framework → controls." }),
    variants: z
      .record(z.string(), z.record(z.string(), z.array(z.string())))
      .openapi({ description: "Parts of the check that are evidence of further controls." }),
    decisive: z.array(z.string()).openapi({
      description: "Members of a finding's `details`: a decision about it ends when one of them changes.",
    }),
    enabled: z.boolean().openapi({ description: "Whether your organization has it asked." }),
    params: z.record(z.string(), z.unknown()).openapi({ description: "As your organization has it asked." }),
    defaultParams: z.record(z.string(), z.unknown()),
  })
  .openapi("Check", {
    example: {
      id: "orphaned_volume",
      title: "An EBS volume is attached to nothing",
      severity: "medium",
      category: "cost",
      domain: "cost",
      services: ["ec2"],
      resourceTypes: ["AWS::EC2::Volume"],
      rationale: "It is paid for by the hour whether anything reads it or not.",
      remediation: "Take a snapshot if its content may be needed, then delete the volume.",
      effort: "low",
      confidence: 1,
      drift: false,
      controls: {},
      variants: {},
      decisive: ["sizeGib"],
      enabled: true,
      params: { graceDays: 7 },
      defaultParams: { graceDays: 1 },
    },
  });

const listed = (controls: About["controls"]): Record<string, string[]> =>
  Object.fromEntries(Object.entries(controls).map(([framework, ids]) => [framework, [...ids]]));

/** A check of the catalogue, without its judgement. */
export const checkBody = ({ check, about, enabled, params }: DescribedCheck): z.input<typeof CheckBody> => ({
  id: check.id,
  title: about?.title ?? check.id,
  severity: check.severity,
  category: check.category,
  domain: check.domain,
  ...judgedBy(check),
  rationale: about?.rationale ?? "",
  remediation: about?.remediation ?? "",
  effort: check.effort,
  confidence: check.confidence,
  drift: check.drift,
  controls: listed(about?.controls ?? {}),
  variants: Object.fromEntries(Object.entries(about?.variants ?? {}).map(([name, served]) => [name, listed(served)])),
  decisive: [...check.decisive],
  enabled,
  params: { ...params },
  defaultParams: { ...check.params },
});
