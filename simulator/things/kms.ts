import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { numberOf, pageOf, secondsBefore, type ThingService } from "./thing.ts";

/** Source: KMS API 2014-11-01. */
const kind = "kms.keys";
const paging = { token: "Marker", limit: "Limit", byDefault: 100, min: 1, max: 1000 };

const keyId = (n: number): string => `1234abcd-12ab-34cd-56ef-${String(n).padStart(12, "0")}`;
export const keyArnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:kms:${region}:${account.id}:key/${keyId(n)}`;
const missing = new AwsError("NotFoundException", 400, "Key does not exist");
const named = (call: Call): number => numberOf(call, kind, "KeyId", missing);

const listKeys: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const Keys = numbers.map((n) => ({ KeyId: keyId(n), KeyArn: keyArnOf(call, n) }));
  return json({ Keys, Truncated: next !== undefined, NextMarker: next });
};

const listAliases: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, { ...paging, byDefault: 50, max: 100 });
  const Aliases = numbers.map((n) => ({
    AliasName: `alias/key-${n}`,
    AliasArn: `arn:aws:kms:${call.region}:${call.account.id}:alias/key-${n}`,
    TargetKeyId: keyId(n),
  }));
  return json({ Aliases, Truncated: next !== undefined, NextMarker: next });
};

const describeKey: Operation = (call) => {
  const n = named(call);
  return json({
    KeyMetadata: {
      AWSAccountId: call.account.id,
      KeyId: keyId(n),
      Arn: keyArnOf(call, n),
      CreationDate: secondsBefore(call, 400),
      Enabled: true,
      Description: `key ${n}`,
      KeyUsage: "ENCRYPT_DECRYPT",
      KeyState: "Enabled",
      Origin: "AWS_KMS",
      KeyManager: "CUSTOMER",
      KeySpec: "SYMMETRIC_DEFAULT",
      CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
      MultiRegion: false,
    },
  });
};

const getKeyRotationStatus: Operation = (call) => json({ KeyRotationEnabled: named(call) % 5 !== 0 });

const getKeyPolicy: Operation = (call) => {
  named(call);
  const statement = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${call.account.id}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  return json({ PolicyName: "default", Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) });
};

export const kms: ThingService = {
  operations: {
    ListKeys: listKeys,
    ListAliases: listAliases,
    DescribeKey: describeKey,
    GetKeyRotationStatus: getKeyRotationStatus,
    GetKeyPolicy: getKeyPolicy,
  },
  kinds: { [kind]: { isTagged: true, arnOf: keyArnOf } },
};
