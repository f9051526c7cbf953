import { countCall, firstAccounts, type Account, type Accounts } from "./accounts.ts";
import { AwsError, errorAnswer, trouble } from "./answers.ts";
import { callerOf } from "./callers.ts";
import { text, understood, type Call, type Operation } from "./calls.ts";
import { control } from "./control.ts";
import { bear, broken } from "./faults.ts";
import { acm } from "./operations/acm.ts";
import { ec2 } from "./operations/ec2.ts";
import { iam } from "./operations/iam.ts";
import { rds } from "./operations/rds.ts";
import { s3 } from "./operations/s3.ts";
import { s3control } from "./operations/s3control.ts";
import { sts } from "./operations/sts.ts";
import { endpointOf, serviceOf, type Endpoint, type ServiceName } from "./services.ts";
import type { ReadRequest } from "./signature.ts";
import { thingServices } from "./things/index.ts";

/** Services whose things are cut out of recordings. */
const recorded: Readonly<Partial<Record<ServiceName, Readonly<Record<string, Operation>>>>> = {
  acm,
  ec2,
  iam,
  rds,
  s3,
  s3control,
  sts,
};

function operationOf(service: ServiceName, action: string): Operation | undefined {
  const operations = { ...thingServices[service]?.operations, ...recorded[service] };
  return Object.hasOwn(operations, action) ? operations[action] : undefined;
}

export interface Simulator {
  /** Answers a request to AWS, or one to `simulator.internal` that arranges the accounts. */
  fetch(request: Request): Promise<Response>;
}

/** Regional services answer only where the account is enabled; the others have a home for everybody. */
function assertEnabled({ settings }: Account, { service, region }: Endpoint): void {
  const everywhere = service === "sts" || service === "s3" || service === "s3control" || isGlobal(service);
  if (everywhere || settings.regions.includes(region)) return;
  throw trouble(service, "unknownKey", "AWS was not able to validate the provided access credentials");
}

const entersRole = ({ service, action }: Pick<Call, "action" | "service">): boolean =>
  service === "sts" && (action === "AssumeRole" || action === "AssumeRoleWithWebIdentity");

/** Whom a call is about: the caller's account, or where a role is entered that of the role. */
function accountOf(
  accounts: Accounts,
  own: Account | undefined,
  call: Pick<Call, "action" | "input" | "service">,
): Account | undefined {
  if (own || !entersRole(call)) return own;
  return accounts.get((text(call, "RoleArn") ?? "").split(":")[4] ?? "");
}

/** A token takes the place of the signature: of this operation alone. */
const isUnsigned = (request: ReadRequest, endpoint: Endpoint): boolean =>
  endpoint.service === "sts" && understood(request, endpoint, []).action === "AssumeRoleWithWebIdentity";

const nobody = { caller: { arn: "anonymous", userId: "anonymous", awsAccountId: "anonymous" }, account: undefined };

async function answer(accounts: Accounts, request: ReadRequest, endpoint: Endpoint): Promise<Response> {
  const known = isUnsigned(request, endpoint) ? nobody : await callerOf(accounts, request, endpoint);
  const { caller, account: own } = known;
  const { service, region } = endpoint;
  const asked = { ...endpoint, ...understood(request, endpoint, thingServices[service]?.routes ?? []) };
  const operation = operationOf(service, asked.action);
  const account = accountOf(accounts, own, asked);
  if (!account) {
    if (known === nobody)
      throw new AwsError("AccessDenied", 403, `Not authorized to perform ${service}:${asked.action}`);
    if (asked.action === "GetCallerIdentity" && operation) return operator(operation, accounts, { ...asked, caller });
    throw trouble(service, "denied", `User: ${caller.arn} is not authorized to perform: ${service}:${asked.action}`);
  }
  assertEnabled(account, endpoint);
  countCall(account, service, asked.action, region);
  if (!operation)
    throw trouble(service, "unknownOperation", `The action ${asked.action} is not valid for this web service.`);
  const { repeatToken, brokenPage } = await bear(account, asked);
  const response = await operation({ ...asked, account, caller, repeatToken });
  return brokenPage ? broken(response) : response;
}

/** The operator owns no simulated account, but may ask who it is. */
function operator(
  operation: Operation,
  accounts: Accounts,
  call: Omit<Call, "account" | "repeatToken">,
): Response | Promise<Response> {
  const [account] = accounts.values();
  if (!account) throw trouble(call.service, "denied", "no account");
  return operation({ ...call, account, repeatToken: false });
}

const isGlobal = (service: ServiceName): boolean =>
  serviceOf(service).host !== undefined || service === "route53domains" || service === "cost-optimization-hub";

async function aws(accounts: Accounts, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const body = new TextDecoder().decode(await request.arrayBuffer());
  const endpoint = endpointOf(url.hostname, { path: url.pathname, body });
  if (!endpoint) return new Response(`no such host: ${url.hostname}`, { status: 421 });
  const { method, headers } = request;
  try {
    return await answer(accounts, { method, url, headers, body }, endpoint);
  } catch (error) {
    if (error instanceof AwsError) return errorAnswer(endpoint.service, error);
    if (error instanceof SyntaxError) {
      return errorAnswer(endpoint.service, new AwsError("SerializationException", 400, "The body cannot be read"));
    }
    throw error;
  }
}

/** AWS accounts held in memory. Every simulator has its own. */
export function createSimulator(): Simulator {
  const accounts = firstAccounts();
  return {
    fetch: (request) =>
      new URL(request.url).hostname === "simulator.internal" ? control(accounts, request) : aws(accounts, request),
  };
}
