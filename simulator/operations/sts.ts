import { AwsError, escapeXml, queryAnswer } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { OPERATOR_ACCOUNT_ID } from "../demo.ts";
import { openSession } from "../sessions.ts";

function denied(call: Call, roleArn: string): AwsError {
  const message = `User: ${call.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
  return new AwsError("AccessDenied", 403, message);
}

function durationOf(call: Call): number {
  const seconds = Number(text(call, "DurationSeconds") ?? "3600");
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200) return seconds;
  throw new AwsError("ValidationError", 400, "durationSeconds must be between 900 and 43200");
}

/** Only the operator's principal may assume a role, and only with the external id the role asks for. */
const assumeRole: Operation = async (call) => {
  const roleArn = text(call, "RoleArn") ?? "";
  const sessionName = text(call, "RoleSessionName") ?? "";
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw new AwsError("ValidationError", 400, "roleSessionName is not valid");
  const { id, settings } = call.account;
  const known = call.caller.awsAccountId === OPERATOR_ACCOUNT_ID && settings.role?.arn === roleArn;
  if (!known || settings.role?.externalId !== text(call, "ExternalId")) throw denied(call, roleArn);
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
      "<PackedPolicySize>6</PackedPolicySize>",
  );
};

const getCallerIdentity: Operation = ({ action, caller }) =>
  queryAnswer(
    "sts",
    action,
    `<UserId>${caller.userId}</UserId><Account>${caller.awsAccountId}</Account><Arn>${escapeXml(caller.arn)}</Arn>`,
  );

export const sts: Readonly<Record<string, Operation>> = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
};
