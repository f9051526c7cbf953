import { z } from "zod";
import type { Operation } from "./caller.ts";
import { createAws, type AwsOptions } from "./client.ts";
import { fixedCredentials, roleArnPattern, type AwsCredentials } from "./credentials.ts";

/** Source: STS API 2011-06-15. Asked in the region's own endpoint, which works wherever the region does. */
const assumeRoleOperation = { service: "sts", action: "AssumeRole" } as const satisfies Operation;
const callerIdentityOperation = { service: "sts", action: "GetCallerIdentity" } as const satisfies Operation;

const Assumed = z.object({
  Credentials: z.object({
    AccessKeyId: z.string().min(1),
    SecretAccessKey: z.string().min(1),
    SessionToken: z.string().min(1),
    Expiration: z.coerce.date(),
  }),
});
const Identity = z.object({ Account: z.string().regex(/^\d{12}$/), Arn: z.string() });

type Transport = Pick<AwsOptions, "fetcher" | "region" | "sleep" | "random" | "onCall" | "limiter">;

/** Enters a role as the operator's principal. Throws `AwsFault`; its remedy names what the trust policy must hold. */
export async function assumeRole(
  transport: Transport,
  operator: AwsCredentials,
  role: {
    readonly arn: string;
    readonly externalId: string;
    readonly sessionName: string;
    readonly durationSeconds: number;
  },
): Promise<AwsCredentials> {
  const account = roleArnPattern.exec(role.arn)?.[2];
  if (!account) throw new RangeError("Not the ARN of a role");
  const aws = createAws({ ...transport, credentials: fixedCredentials(operator), awsAccountId: account });
  const answer = await aws.caller().call(assumeRoleOperation, {
    RoleArn: role.arn,
    ExternalId: role.externalId,
    RoleSessionName: role.sessionName,
    DurationSeconds: role.durationSeconds,
  });
  const { Credentials } = Assumed.parse(answer);
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
    expiresAt: Credentials.Expiration,
  };
}

/** The 12 digits these credentials belong to. Needs no permission. */
export async function accountOf(transport: Transport, credentials: AwsCredentials, declared: string): Promise<string> {
  const aws = createAws({ ...transport, credentials: fixedCredentials(credentials), awsAccountId: declared });
  return Identity.parse(await aws.caller().call(callerIdentityOperation)).Account;
}
