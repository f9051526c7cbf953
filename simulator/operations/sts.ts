import { AwsError, escapeXml, queryAnswer } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { OPERATOR_ACCOUNT_ID } from "../demo.ts";
import type { Settings } from "../accounts.ts";
import { assertWebIdentity } from "../oidc.ts";
import { openSession } from "../sessions.ts";

type Role = NonNullable<Settings["role"]>;

function denied(call: Call, roleArn: string): AwsError {
  const message = `User: ${call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
  return new AwsError("AccessDenied", 403, message);
}

function durationOf(call: Call): number {
  const seconds = Number(text(call, "DurationSeconds") ?? "3600");
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200) return seconds;
  throw new AwsError("ValidationError", 400, "durationSeconds must be between 900 and 43200");
}

/** What the conditions of trust policies admit: `StringEquals`, `StringEqualsIfExists`, `Null: false`, none. */
const admits: Readonly<Record<Role["compares"], (given: string | undefined, wanted: string) => boolean>> = {
  equals: (given, wanted) => given === wanted,
  equalsIfExists: (given, wanted) => given === undefined || given === wanted,
  exists: (given) => given !== undefined,
  nothing: () => true,
};

function sessionNameOf(call: Call): string {
  const name = text(call, "RoleSessionName") ?? "";
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw new AwsError("ValidationError", 400, "roleSessionName is not valid");
}

/** Only the operator's principal may assume a role, and only with the external id the role asks for. */
const assumeRole: Operation = async (call) => {
  const roleArn = text(call, "RoleArn") ?? "";
  const sessionName = sessionNameOf(call);
  const { role } = call.account.settings;
  const known = call.caller.awsAccountId === OPERATOR_ACCOUNT_ID && role?.arn === roleArn;
  if (!known || role.externalId === undefined) throw denied(call, roleArn);
  if (!admits[role.compares](text(call, "ExternalId"), role.externalId)) throw denied(call, roleArn);
  return sessionAnswer(call, { roleArn, sessionName, more: "" });
};

/** Whoever brings a token that the role trusts; the request is not signed. */
const assumeRoleWithWebIdentity: Operation = async (call) => {
  const roleArn = text(call, "RoleArn") ?? "";
  const sessionName = sessionNameOf(call);
  const { role } = call.account.settings;
  await assertWebIdentity(text(call, "WebIdentityToken") ?? "", role?.oidc, Date.now());
  if (!role?.oidc || role.arn !== roleArn) {
    throw new AwsError("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  }
  const { issuer, audience, subject } = role.oidc;
  const provider = `arn:aws:iam::${call.account.id}:oidc-provider/${new URL(issuer).host}`;
  const more =
    `<SubjectFromWebIdentityToken>${escapeXml(subject)}</SubjectFromWebIdentityToken>` +
    `<Audience>${escapeXml(audience)}</Audience><Provider>${escapeXml(provider)}</Provider>`;
  return sessionAnswer(call, { roleArn, sessionName, more });
};

async function sessionAnswer(
  call: Call,
  { roleArn, sessionName, more }: { readonly roleArn: string; readonly sessionName: string; readonly more: string },
): Promise<Response> {
  const { id } = call.account;
  const expiresAt = Math.floor(Date.now() / 1000 + durationOf(call)) * 1000;
  const keys = await openSession({ awsAccountId: id, roleArn, sessionName, expiresAt });
  const role = roleArn.split("/").at(-1) ?? "";
  return queryAnswer(
    "sts",
    call.action,
    `<Credentials><AccessKeyId>${keys.accessKeyId}</AccessKeyId><SecretAccessKey>${keys.secretAccessKey}</SecretAccessKey>` +
      `<SessionToken>${keys.sessionToken}</SessionToken>` +
      `<Expiration>${new Date(expiresAt).toISOString().replace(".000Z", "Z")}</Expiration></Credentials>` +
      `<AssumedRoleUser><AssumedRoleId>AROA3X42LBCDCRRYTFDRY:${escapeXml(sessionName)}</AssumedRoleId>` +
      `<Arn>arn:aws:sts::${id}:assumed-role/${escapeXml(role)}/${escapeXml(sessionName)}</Arn></AssumedRoleUser>` +
      `${more}<PackedPolicySize>6</PackedPolicySize>`,
  );
}

const getCallerIdentity: Operation = ({ action, caller }) =>
  queryAnswer(
    "sts",
    action,
    `<UserId>${caller.userId}</UserId><Account>${caller.awsAccountId}</Account><Arn>${escapeXml(caller.arn)}</Arn>`,
  );

export const sts: Readonly<Record<string, Operation>> = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  GetCallerIdentity: getCallerIdentity,
};
