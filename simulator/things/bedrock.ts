import { json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { countOf, daysBefore, idOf, isBare, pageOf, type ThingService } from "./thing.ts";

/** Source: Bedrock API 2023-04-20. */
const guardrails = "bedrock.guardrails";
/** At least 1: what models are asked is logged. With and without it Cloudglass counts one resource in a region. */
const logging = "bedrock.modelInvocationLogging";
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 1000 };

export const guardrailId = (n: number): string => idOf("gr", n, 12);
const arnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:bedrock:${region}:${account.id}:guardrail/${guardrailId(n)}`;

const listGuardrails: Operation = (call) => {
  const { numbers, next } = pageOf(call, guardrails, paging);
  const all = numbers.map((n) => ({
    id: guardrailId(n),
    arn: arnOf(call, n),
    status: isBare(n) ? "FAILED" : "READY",
    name: `guardrail-${n}`,
    version: "DRAFT",
    createdAt: daysBefore(call, 80),
    updatedAt: daysBefore(call, 20),
  }));
  return json({ guardrails: all, nextToken: next });
};

const getLogging: Operation = (call) => {
  if (countOf(call, logging) === 0) return json({});
  const role = `arn:aws:iam::${call.account.id}:role/bedrock-logging`;
  return json({
    loggingConfig: {
      cloudWatchConfig: { logGroupName: "/aws/bedrock/invocations", roleArn: role },
      s3Config: { bucketName: `bedrock-${call.account.id}`, keyPrefix: "invocations" },
      textDataDeliveryEnabled: true,
      imageDataDeliveryEnabled: true,
      embeddingDataDeliveryEnabled: false,
    },
  });
};

export const bedrock: ThingService = {
  routes: [
    ["GET", "/guardrails", "ListGuardrails"],
    ["GET", "/logging/modelinvocations", "GetModelInvocationLoggingConfiguration"],
  ],
  operations: { ListGuardrails: listGuardrails, GetModelInvocationLoggingConfiguration: getLogging },
  kinds: { [guardrails]: { isTagged: true, arnOf } },
  always: { regional: 1 },
};
