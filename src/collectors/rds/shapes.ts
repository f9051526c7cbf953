import { z } from "zod";
import { textAt } from "#aws/answer";
import type { AwsCaller, Operation } from "#aws/caller";
import type { Place, Relation } from "#collectors/collector";
import { arnIn, related } from "#collectors/relations";
import { sharedAttempt } from "#collectors/shared";
import { instant, listOf, text, wholeListOf } from "#collectors/xml";

/** How long AWS supports a major version of an engine. */
export interface EngineSupport {
  readonly majorVersion: string;
  readonly standardEndsAt: string | null;
  /** Extended Support is charged per vCPU from here on; null: the engine has none. */
  readonly extendedStartsAt: string | null;
  readonly extendedEndsAt: string | null;
}

export const engineSupportActions = ["rds:DescribeDBMajorEngineVersions"] as const;

const describeMajorVersions: Operation = {
  service: "rds",
  action: "DescribeDBMajorEngineVersions",
  lists: ["DBMajorEngineVersion", "SupportedEngineLifecycle"],
};
/** Engines AWS has lifecycles of; for the others it gives no dates. */
const hasLifecycle = /^(aurora-mysql|aurora-postgresql|mariadb|mysql|postgres)$/;
/** There are about 70 major versions, and 100 on a page. */
const pagesMax = 10;

const MajorVersion = z.object({
  Engine: z.string(),
  MajorEngineVersion: z.string(),
  SupportedEngineLifecycles: listOf(
    "SupportedEngineLifecycle",
    z.object({ LifecycleSupportName: text, LifecycleSupportStartDate: instant, LifecycleSupportEndDate: instant }),
  ),
});
type MajorVersion = z.infer<typeof MajorVersion>;
const MajorVersions = z.object({ DBMajorEngineVersions: wholeListOf("DBMajorEngineVersion", MajorVersion) });

/** `undefined`: the dates could not be read. null: AWS has none of this engine or version. */
export type SupportReader = (engine: string, version: string | null) => Promise<EngineSupport | null | undefined>;

/** Asks when it is first asked of an engine that has a lifecycle; one task asks once. */
export function supportReader(aws: AwsCaller): SupportReader {
  let versions: ReturnType<typeof majorVersions> | undefined;
  return async (engine, version) => {
    if (version === null || !hasLifecycle.test(engine)) return null;
    versions ??= majorVersions(aws);
    const known = await versions;
    return known && supportIn(known, engine, version);
  };
}

async function majorVersions(aws: AwsCaller, marker = "", page = 1): Promise<readonly MajorVersion[] | undefined> {
  const answer = await sharedAttempt(aws, describeMajorVersions, {
    MaxRecords: 100,
    ...(marker && { Marker: marker }),
  });
  const versions = MajorVersions.safeParse(answer).data?.DBMajorEngineVersions;
  const next = textAt(answer, "Marker");
  if (!versions || !next) return versions;
  const rest = page < pagesMax ? await majorVersions(aws, next, page + 1) : undefined;
  return rest && [...versions, ...rest];
}

/** `8.0.35` and Aurora's `8.0.mysql_aurora.3.04.0` are of the major version `8.0`. */
function supportIn(known: readonly MajorVersion[], engine: string, version: string): EngineSupport | null {
  const major = known.find((one) => one.Engine === engine && `${version}.`.startsWith(`${one.MajorEngineVersion}.`));
  if (!major) return null;
  const lifecycle = (name: string) =>
    major.SupportedEngineLifecycles.find((one) => one.LifecycleSupportName === `open-source-rds-${name}-support`);
  const extended = lifecycle("extended");
  return {
    majorVersion: major.MajorEngineVersion,
    standardEndsAt: lifecycle("standard")?.LifecycleSupportEndDate ?? null,
    extendedStartsAt: extended?.LifecycleSupportStartDate ?? null,
    extendedEndsAt: extended?.LifecycleSupportEndDate ?? null,
  };
}

/** Whether a snapshot's sharing attributes let every account restore it. */
export const sharedWithAll = (path: string) =>
  wholeListOf(
    path,
    z.object({ AttributeName: z.string(), AttributeValues: wholeListOf("AttributeValue", z.string()) }),
  ).transform((attributes) =>
    attributes.some((one) => one.AttributeName === "restore" && one.AttributeValues.includes("all")),
  );

/** The ARN of what is named by its ARN or, in the same region, by its identifier. */
export const rdsArn = (place: Place, kind: "db" | "cluster", name: string | null): string | null =>
  name === null || name.startsWith("arn:") ? name : arnIn(place, "rds", `${kind}:${name}`);

/** To the secret that holds its password. */
export const passwordIn = (secretArn: string | null): readonly Relation[] =>
  related("passwordIn", "AWS::SecretsManager::Secret", secretArn);
