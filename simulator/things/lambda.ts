import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { daysBefore, digits, isBusy, isNth, numberOf, pageOf, policyOf, vpc, type ThingService } from "./thing.ts";

/** Source: Lambda API 2015-03-31. */
const kind = "lambda.functions";
/** A page never has more, whatever is asked for. */
const paging = { token: "Marker", limit: "MaxItems", byDefault: 50, min: 1, max: 50 };
const itemsMax = 10_000;

const nameOf = (n: number): string => `fn-${n}`;
export const functionArn = ({ account, region }: Call, n: number): string =>
  `arn:aws:lambda:${region}:${account.id}:function:${nameOf(n)}`;

const named = (call: Call): number => {
  const name = String(call.input["FunctionName"]);
  const message = `Function not found: arn:aws:lambda:${call.region}:${call.account.id}:function:${name}`;
  return numberOf(call, kind, "FunctionName", new AwsError("ResourceNotFoundException", 404, message));
};

/** Who may call its URL; `undefined`: it has none. */
function urlAuthOf(n: number): "NONE" | "AWS_IAM" | undefined {
  if (isNth(n, 7)) return "NONE";
  return n % 7 === 2 ? "AWS_IAM" : undefined;
}

const functionOf = (call: Call, n: number): object => ({
  FunctionName: nameOf(n),
  FunctionArn: functionArn(call, n),
  Runtime: isNth(n, 5) ? "nodejs16.x" : "nodejs22.x",
  Role: `arn:aws:iam::${call.account.id}:role/lambda-${n}`,
  Handler: "index.handler",
  CodeSize: 20_000 + n,
  Description: "",
  Timeout: 30,
  MemorySize: 256,
  LastModified: daysBefore(call, 30).replace("Z", "+0000"),
  CodeSha256: `${digits(n, 8)}tBl5jYCCqdYzUJdPQmvQ0vlL2Q5dlPoV0g8=`,
  Version: "$LATEST",
  ...(isBusy(n) && {
    VpcConfig: {
      SubnetIds: vpc.subnetIds,
      SecurityGroupIds: vpc.securityGroupIds,
      VpcId: vpc.id,
      Ipv6AllowedForDualStack: false,
    },
    DeadLetterConfig: { TargetArn: `arn:aws:sqs:${call.region}:${call.account.id}:dead-${n}` },
  }),
  Environment: {
    Variables: { STAGE: "production", ...(isNth(n, 5) && { DB_PASSWORD: "kX9#mQ2$vL7!pR4w" }) },
  },
  TracingConfig: { Mode: isBusy(n) ? "Active" : "PassThrough" },
  RevisionId: `0f1e2d3c-0000-4000-8000-${digits(n, 12)}`,
  PackageType: "Zip",
  Architectures: ["arm64"],
  EphemeralStorage: { Size: 512 },
  SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
  LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${nameOf(n)}` },
});

const listFunctions: Operation = (call) => {
  const asked = Number(call.input["MaxItems"]);
  const isLong = asked > paging.max && asked <= itemsMax;
  const { numbers, next } = pageOf(
    isLong ? { ...call, input: { ...call.input, MaxItems: paging.max } } : call,
    kind,
    paging,
  );
  return json({ Functions: numbers.map((n) => functionOf(call, n)), NextMarker: next });
};

const getPolicy: Operation = (call) => {
  const n = named(call);
  const auth = urlAuthOf(n);
  const Resource = functionArn(call, n);
  const byEvents = {
    Sid: "events",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource,
    Condition: { StringEquals: { "AWS:SourceAccount": call.account.id } },
  };
  const byUrl = {
    Sid: "url",
    Effect: "Allow",
    Principal: auth === "NONE" ? "*" : { AWS: `arn:aws:iam::${call.account.id}:root` },
    Action: "lambda:InvokeFunctionUrl",
    Resource,
    Condition: { StringEquals: { "lambda:FunctionUrlAuthType": auth } },
  };
  const statements = [...(isBusy(n) ? [byEvents] : []), ...(auth === undefined ? [] : [byUrl])];
  if (statements.length === 0)
    throw new AwsError("ResourceNotFoundException", 404, "The resource you requested does not exist.");
  return json({ Policy: policyOf(...statements), RevisionId: `0f1e2d3c-0000-4000-9000-${digits(n, 12)}` });
};

const listFunctionUrlConfigs: Operation = (call) => {
  const n = named(call);
  const auth = urlAuthOf(n);
  const config = {
    FunctionUrl: `https://fn${digits(n, 30)}.lambda-url.${call.region}.on.aws/`,
    FunctionArn: functionArn(call, n),
    AuthType: auth,
    Cors: { AllowOrigins: ["*"] },
    CreationTime: daysBefore(call, 30),
    LastModifiedTime: daysBefore(call, 30),
    InvokeMode: "BUFFERED",
  };
  return json({ FunctionUrlConfigs: auth === undefined ? [] : [config] });
};

export const lambda: ThingService = {
  routes: [
    ["GET", "/2015-03-31/functions", "ListFunctions"],
    ["GET", "/2015-03-31/functions/{FunctionName}/policy", "GetPolicy"],
    ["GET", "/2021-10-31/functions/{FunctionName}/urls", "ListFunctionUrlConfigs"],
  ],
  operations: {
    ListFunctions: listFunctions,
    GetPolicy: getPolicy,
    ListFunctionUrlConfigs: listFunctionUrlConfigs,
  },
  kinds: { [kind]: { isTagged: true, arnOf: functionArn } },
};
