import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { environmentOf, type EnvironmentVariable } from "#collectors/environment";
import { instant, list, number, part, text, texts } from "#collectors/json";
import { by } from "#collectors/order";
import { policyIn, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { assumes, encryptedBy, logGroupArn, logsTo, networkRelations, related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

export interface FunctionUrl {
  readonly url: string;
  /** `NONE`: whoever knows the address may call it. */
  readonly authType: string;
  readonly corsAllowOrigins: readonly string[];
}

export interface LambdaFunction {
  /** `nodejs22.x`; null for container images. */
  readonly runtime: string | null;
  /** `Zip` or `Image`. */
  readonly packageType: string | null;
  readonly handler: string | null;
  readonly roleArn: string | null;
  readonly architectures: readonly string[];
  readonly memoryMib: number | null;
  readonly timeoutSeconds: number | null;
  readonly ephemeralStorageMib: number | null;
  readonly codeSizeBytes: number | null;
  readonly codeSha256: string | null;
  readonly lastModifiedAt: string | null;
  readonly vpcId: string | null;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly layerArns: readonly string[];
  /** `undefined`: the key that encrypts it may not be used. */
  readonly environment: readonly EnvironmentVariable[] | undefined;
  /** The customer's key that encrypts the environment; null: AWS's own. */
  readonly kmsKeyArn: string | null;
  readonly deadLetterTargetArn: string | null;
  readonly logGroupName: string | null;
  /** `Active` or `PassThrough`. */
  readonly tracingMode: string | null;
  /** The statements of its policy; null when it has none. */
  readonly policy: readonly PolicyStatement[] | null | undefined;
  /** null: no statement of its policy lets a URL be called, so they were not asked for. */
  readonly urls: readonly FunctionUrl[] | null | undefined;
}

const listFunctions: Operation = {
  service: "lambda",
  action: "ListFunctions",
  method: "GET",
  path: "/2015-03-31/functions",
  // More are promised, but a page never has more.
  paging: { token: "Marker", next: "NextMarker", limit: ["MaxItems", 50] },
};
const getPolicy: Operation = {
  service: "lambda",
  action: "GetPolicy",
  method: "GET",
  path: "/2015-03-31/functions/{FunctionName}/policy",
};
const listFunctionUrlConfigs: Operation = {
  service: "lambda",
  action: "ListFunctionUrlConfigs",
  method: "GET",
  path: "/2021-10-31/functions/{FunctionName}/urls",
};

const Environment = z
  .object({ Variables: z.record(z.string(), z.string()).nullish(), Error: z.unknown().optional() })
  .nullish()
  .transform((environment) =>
    environment?.Error ? undefined : environmentOf(Object.entries(environment?.Variables ?? {})),
  );

const ListedFunction = z.object({
  FunctionName: z.string(),
  FunctionArn: z.string(),
  Runtime: text,
  PackageType: text,
  Handler: text,
  Role: text,
  Architectures: texts,
  MemorySize: number,
  Timeout: number,
  EphemeralStorage: part({ Size: number }),
  CodeSize: number,
  CodeSha256: text,
  LastModified: instant,
  VpcConfig: part({ VpcId: text, SubnetIds: texts, SecurityGroupIds: texts }),
  Layers: list(z.object({ Arn: z.string() })),
  Environment,
  KMSKeyArn: text,
  DeadLetterConfig: part({ TargetArn: text }),
  LoggingConfig: part({ LogGroup: text }),
  TracingConfig: part({ Mode: text }),
  FileSystemConfigs: list(z.object({ Arn: z.string() })),
});
type ListedFunction = z.infer<typeof ListedFunction>;
const Page = z.object({ Functions: z.array(ListedFunction) });

const Urls = z.object({
  FunctionUrlConfigs: z.array(
    z.object({ FunctionUrl: z.string(), AuthType: z.string(), Cors: part({ AllowOrigins: texts }) }),
  ),
});

/**
 * Source: Lambda API 2015-03-31, ListFunctions (50 per page), GetPolicy of each function, and ListFunctionUrlConfigs (the
 * first 50) of those whose policy speaks of URLs. It is the policy of the function itself; those of versions and aliases are
 * not looked at.
 */
export const collector: Collector<LambdaFunction, object, ListedFunction> = {
  id: "lambda.functions",
  service: "lambda",
  resourceType: "AWS::Lambda::Function",
  scope: "regional",
  actions: ["lambda:GetPolicy", "lambda:ListFunctionUrlConfigs", "lambda:ListFunctions", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listFunctions)) {
      yield Page.parse(page).Functions;
    }
  },
  describe: oneByOne(found),
};

const gone = ["ResourceNotFoundException"] as const;

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, listed: ListedFunction): Promise<Found<LambdaFunction> | null> {
  const { FunctionName } = listed;
  const policy = policyIn(await aws.attempt(getPolicy, { FunctionName }, gone), "Policy");
  const opensUrls = policy?.some(isAboutUrls) ?? false;
  const urls = opensUrls ? await aws.attempt(listFunctionUrlConfigs, { FunctionName, MaxItems: 50 }, gone) : undefined;
  if (urls === null) return null;
  const attributes = { ...attributesOf(listed), policy, urls: opensUrls ? urlsIn(urls) : policy && null };
  return {
    nativeId: listed.FunctionArn,
    arn: listed.FunctionArn,
    name: FunctionName,
    // Lists do not tell it.
    state: null,
    ...taggedAs(listed.FunctionArn),
    createdAt: null,
    relations: relationsOf(listed, place),
    dnsNames: attributes.urls?.map(({ url }) => new URL(url).hostname) ?? [],
    attributes,
  };
}

const isAboutUrls = ({ actions, conditions }: PolicyStatement): boolean =>
  actions.some((action) => action.toLowerCase() === "lambda:invokefunctionurl") ||
  conditions.some(({ key }) => key.toLowerCase() === "lambda:functionurlauthtype");

const urlsIn = (answer: unknown): readonly FunctionUrl[] | undefined =>
  Urls.safeParse(answer)
    .data?.FunctionUrlConfigs.map((url) => ({
      url: url.FunctionUrl,
      authType: url.AuthType,
      corsAllowOrigins: url.Cors.AllowOrigins.toSorted(),
    }))
    .toSorted(by(({ url }) => url));

const attributesOf = (listed: ListedFunction): Omit<LambdaFunction, "policy" | "urls"> => ({
  runtime: listed.Runtime,
  packageType: listed.PackageType,
  handler: listed.Handler,
  roleArn: listed.Role,
  architectures: listed.Architectures,
  memoryMib: listed.MemorySize,
  timeoutSeconds: listed.Timeout,
  ephemeralStorageMib: listed.EphemeralStorage.Size,
  codeSizeBytes: listed.CodeSize,
  codeSha256: listed.CodeSha256,
  lastModifiedAt: listed.LastModified,
  vpcId: listed.VpcConfig.VpcId,
  subnetIds: listed.VpcConfig.SubnetIds.toSorted(),
  securityGroupIds: listed.VpcConfig.SecurityGroupIds.toSorted(),
  // Their order has a meaning.
  layerArns: listed.Layers.map(({ Arn }) => Arn),
  environment: listed.Environment,
  kmsKeyArn: listed.KMSKeyArn,
  deadLetterTargetArn: listed.DeadLetterConfig.TargetArn,
  logGroupName: listed.LoggingConfig.LogGroup,
  tracingMode: listed.TracingConfig.Mode,
});

function relationsOf(listed: ListedFunction, place: Place): readonly Relation[] {
  const deadLetters = listed.DeadLetterConfig.TargetArn;
  const logGroup = listed.LoggingConfig.LogGroup;
  const fileSystems = listed.FileSystemConfigs.map(({ Arn }) => Arn);
  return [
    ...assumes(listed.Role),
    ...networkRelations(place, {
      subnetIds: listed.VpcConfig.SubnetIds,
      securityGroupIds: listed.VpcConfig.SecurityGroupIds,
    }),
    ...encryptedBy(listed.KMSKeyArn, place),
    ...related("deadLettersTo", deadLetters?.includes(":sqs:") ? "AWS::SQS::Queue" : "AWS::SNS::Topic", deadLetters),
    ...logsTo(logGroup && logGroupArn(place, logGroup)),
    ...related(
      "mounts",
      "AWS::EFS::AccessPoint",
      fileSystems.filter((arn) => arn.includes(":elasticfilesystem:")),
    ),
  ];
}
