import { z } from "@hono/zod-openapi";
import { categories, severities } from "#checks/check";
import type { SealedCheck } from "#checks/sealed";
import type { DescribedCheck } from "./list.ts";
import { frameworks } from "#frameworks/registry";
import { collectors } from "#collectors/registry";
import { commaList, serviceList } from "#modules/accounts";

const frameworkIds = frameworks.map(({ id }) => id);

export const CheckQuery = z.object({
  severity: commaList(severities, "critical,high").optional(),
  category: commaList(categories, "security").optional(),
  service: serviceList.optional(),
  framework: commaList<string>(frameworkIds, frameworkIds[0]).optional(),
});

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
    params: z
      .record(z.string(), z.unknown())
      .openapi({ description: "What an organization may set, with the defaults." }),
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
      params: {},
    },
  });

/** A check of the catalogue, without its judgement. */
export const checkBody = ({ check, about }: DescribedCheck): z.input<typeof CheckBody> => ({
  id: check.id,
  title: check.title,
  severity: check.severity,
  category: check.category,
  domain: check.domain,
  ...judgedBy(check),
  rationale: about?.rationale ?? "",
  remediation: about?.remediation ?? "",
  effort: check.effort,
  confidence: check.confidence,
  drift: check.drift,
  controls: Object.fromEntries(Object.entries(about?.controls ?? {}).map(([framework, ids]) => [framework, [...ids]])),
  params: { ...check.params },
});
