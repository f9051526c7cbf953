// The simulated AWS account behind the binding `AWS`, in this process, and what it was asked.
import { createSimulator } from "../../simulator/simulator.ts";
import { BindingResponse } from "./runtime.mjs";

const host = "https://simulator.internal";
const roleArn = (awsAccountId) => `arn:aws:iam::${awsAccountId}:role/Cloudglass`;

export function startSimulator() {
  const simulator = createSimulator();
  let asked = new Map();
  let stsCalls = 0;
  const note = ({ method, url, headers }, body) => {
    if (url.includes("//sts.")) stsCalls += 1;
    else {
      const call = [method, url, headers.get("x-amz-target"), body].filter(Boolean).join(" ");
      asked.set(call, (asked.get(call) ?? 0) + 1);
    }
  };
  /** The binding's function. Requests and answers are of other classes on the two sides. */
  const aws = async (request) => {
    const { method, url, headers } = request;
    const body = method === "GET" || method === "HEAD" ? undefined : await request.text();
    note(request, body);
    const said = await simulator.fetch(new Request(url, { method, headers: [...headers], body }));
    return new BindingResponse(await said.arrayBuffer(), { status: said.status, headers: [...said.headers] });
  };
  /** Sets what the account is like: resources, generation, now … */
  const arrange = async (awsAccountId, settings) => {
    const said = await simulator.fetch(
      new Request(`${host}/accounts/${awsAccountId}`, { method: "PUT", body: JSON.stringify(settings) }),
    );
    if (!said.ok) throw new Error(`The simulator answered ${said.status}: ${await said.text()}`);
    return said.json();
  };
  /** What it was asked since this was asked for last; `repeated`: calls that were made more than once. */
  const calls = () => {
    const counts = [...asked];
    const taken = {
      awsCalls: counts.reduce((sum, [, count]) => sum + count, 0),
      stsCalls,
      repeated: counts.filter(([, count]) => count > 1).map(([call, count]) => `${count} times: ${call.slice(0, 200)}`),
    };
    asked = new Map();
    stsCalls = 0;
    return taken;
  };
  return { aws, arrange, calls };
}

/** Connects a simulated account to an organization by a role, as a customer would. */
export async function connectAccount({ call }, simulator, awsAccountId, settings = {}) {
  const { body } = await call("POST", "/accounts", {
    name: "Simulated",
    environment: "test",
    awsAccountId,
    credential: { method: "role", roleArn: roleArn(awsAccountId) },
    // As fast as it goes: what is measured is not patience with AWS.
    pace: { requestsPerSecond: 100, callsPerTask: 2_000 },
  });
  const { id, externalId } = body.data;
  await simulator.arrange(awsAccountId, { role: { arn: roleArn(awsAccountId), externalId }, ...settings });
  return id;
}

const pauseMs = 100;
const longestMs = 20 * 60_000;

/** Starts a scan of an account and waits for its end; answers the scan and how long it took for who asked. */
export async function scan({ call }, accountId) {
  const start = performance.now();
  const { body } = await call("POST", "/scans", { accountIds: [accountId] });
  const [{ id }] = body.data.scans;
  while (performance.now() - start < longestMs) {
    const { data } = (await call("GET", `/scans/${id}`)).body;
    if (data.completedAt) return { ...data, waitedMs: Math.round(performance.now() - start) };
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(`Scan ${id} did not end within ${longestMs / 60_000} minutes`);
}
