import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { keyArnOf } from "./kms.ts";
import {
  isBare,
  isOpen,
  numberOf,
  pageOf,
  policyOf,
  secondsBefore,
  sharing,
  tagsOf,
  type ThingService,
} from "./thing.ts";

/** Source: Secrets Manager API 2017-10-17. */
const kind = "secretsmanager.secrets";
const paging = { token: "NextToken", limit: "MaxResults", byDefault: 100, min: 1, max: 100 };

const nameOf = (n: number): string => `secret-${n}`;
const arnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:secretsmanager:${region}:${account.id}:secret:${nameOf(n)}-AbCdEf`;

/** Every eleventh is marked for deletion. */
const isMarked = (n: number): boolean => n % 11 === 10;

const rotation = (call: Call, n: number) => ({
  RotationEnabled: true,
  RotationLambdaARN: `arn:aws:lambda:${call.region}:${call.account.id}:function:rotate-secrets`,
  RotationRules: { AutomaticallyAfterDays: 30 },
  LastRotatedDate: secondsBefore(call, 10 + (n % 10)),
  NextRotationDate: secondsBefore(call, -20),
});

const listSecrets: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const withMarked = call.input["IncludePlannedDeletion"] === true;
  const SecretList = numbers
    .filter((n) => withMarked || !isMarked(n))
    .map((n) => ({
      ARN: arnOf(call, n),
      Name: nameOf(n),
      Description: `secret ${n}`,
      // Left out: the key of the service.
      ...(n % 3 === 0 ? { KmsKeyId: keyArnOf(call, 0) } : {}),
      ...(isBare(n) ? { RotationEnabled: false } : rotation(call, n)),
      LastChangedDate: secondsBefore(call, 10 + (n % 10)),
      // Given by the day.
      LastAccessedDate: secondsBefore(call, isBare(n) ? 200 : 1),
      ...(isMarked(n) ? { DeletedDate: secondsBefore(call, 2) } : {}),
      Tags: tagsOf(n),
      SecretVersionsToStages: { "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111": ["AWSCURRENT"] },
      CreatedDate: secondsBefore(call, 300),
    }));
  return json({ SecretList, NextToken: next });
};

const missing = new AwsError("ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret.");

/** Every third and every open one has a policy. */
const getResourcePolicy: Operation = (call) => {
  const n = numberOf(call, kind, "SecretId", missing);
  if (isMarked(n)) {
    throw new AwsError(
      "InvalidRequestException",
      400,
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }
  const has = n % 3 === 0 || isOpen(n);
  return json({
    ARN: arnOf(call, n),
    Name: nameOf(n),
    ...(has ? { ResourcePolicy: policyOf(sharing(call, n, "secretsmanager:GetSecretValue", "*")) } : {}),
  });
};

export const secretsmanager: ThingService = {
  operations: { ListSecrets: listSecrets, GetResourcePolicy: getResourcePolicy },
  kinds: { [kind]: { arnOf } },
};
