import type { Account, Accounts } from "./accounts.ts";
import { trouble } from "./answers.ts";
import type { Caller } from "./calls.ts";
import { OPERATOR_ACCESS_KEY_ID, OPERATOR_ACCOUNT_ID, OPERATOR_SECRET_ACCESS_KEY } from "./demo.ts";
import type { Endpoint } from "./services.ts";
import { readSession } from "./sessions.ts";
import { authorizationOf, verifySignature, type ReadRequest } from "./signature.ts";

interface Known {
  readonly caller: Caller;
  readonly secretAccessKey: string;
  /** `undefined` for the operator, whose account has nothing in it. */
  readonly account: Account | undefined;
  readonly sessionToken?: string;
}

const unknownKey = ({ service }: Endpoint) =>
  trouble(service, "unknownKey", "The security token included in the request is invalid.");

/** Temporary keys are known by their token, and stand or fall with it. */
async function temporary(
  accounts: Accounts,
  endpoint: Endpoint,
  accessKeyId: string,
  token: string | null,
): Promise<Known> {
  const found = token === null ? undefined : await readSession(token);
  const account = found && accounts.get(found.session.awsAccountId);
  if (!found || !account || found.keys.accessKeyId !== accessKeyId) throw unknownKey(endpoint);
  const { session, keys } = found;
  if (session.expiresAt <= Date.now()) {
    throw trouble(endpoint.service, "expired", "The security token included in the request is expired");
  }
  const role = session.roleArn.split("/").at(-1) ?? "";
  const arn = `arn:aws:sts::${account.id}:assumed-role/${role}/${session.sessionName}`;
  const caller = { arn, userId: `AROA3X42LBCDCRRYTFDRY:${session.sessionName}`, awsAccountId: account.id };
  return { caller, account, secretAccessKey: keys.secretAccessKey, sessionToken: keys.sessionToken };
}

function lasting(accounts: Accounts, endpoint: Endpoint, accessKeyId: string): Known {
  if (accessKeyId === OPERATOR_ACCESS_KEY_ID) {
    const arn = `arn:aws:iam::${OPERATOR_ACCOUNT_ID}:user/cloudglass`;
    const caller = { arn, userId: accessKeyId, awsAccountId: OPERATOR_ACCOUNT_ID };
    return { caller, secretAccessKey: OPERATOR_SECRET_ACCESS_KEY, account: undefined };
  }
  const account = [...accounts.values()].find(({ settings }) => settings.accessKeyId === accessKeyId);
  const secretAccessKey = account?.settings.secretAccessKey;
  if (!account || secretAccessKey === undefined) throw unknownKey(endpoint);
  const caller = { arn: `arn:aws:iam::${account.id}:user/cloudglass`, userId: accessKeyId, awsAccountId: account.id };
  return { caller, secretAccessKey, account };
}

/** Who signed the request, its signature verified, and their account. Throws the service's error. */
export async function callerOf(
  accounts: Accounts,
  request: ReadRequest,
  endpoint: Endpoint,
): Promise<Pick<Known, "caller" | "account">> {
  const { accessKeyId } = authorizationOf(request, endpoint);
  const token = request.headers.get("x-amz-security-token");
  const known = accessKeyId.startsWith("ASIA")
    ? await temporary(accounts, endpoint, accessKeyId, token)
    : lasting(accounts, endpoint, accessKeyId);
  if (known.sessionToken === undefined && token !== null) throw unknownKey(endpoint);
  const { secretAccessKey, sessionToken } = known;
  await verifySignature(request, endpoint, {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  });
  return known;
}
