// An ordinary account in moto, and before it the front that answers what was asked before from memory, after a delay.
import path from "node:path";
import { installMoto, runPython, startEmulator } from "../../../test/e2e/moto/emulator.mjs";
import { startFront } from "../../../test/e2e/moto/front.mjs";
import { lacking } from "./lacking.mjs";

export const regions = ["eu-central-1", "eu-west-1", "us-east-1"];
const awsAccountId = "123456789012";
const roleArn = `arn:aws:iam::${awsAccountId}:role/cloudglass`;
/** As in wrangler.dev.toml. */
const operatorKey = "AKIACLOUDGLASSOPER00";

/** `take()`: the calls since it was called last, those to STS apart. */
export async function startAccount(scale) {
  installMoto();
  const emulator = await startEmulator();
  await runPython(path.join(import.meta.dirname, "seed.py"), emulator.port, scale, ...regions);
  let calls = [];
  const front = await startFront({ motoPort: emulator.port, instead: lacking, onCall: (call) => calls.push(call) });
  return {
    front,
    take() {
      const taken = calls;
      calls = [];
      const isSts = ({ service }) => service === "sts";
      return { calls: taken.filter((call) => !isSts(call)), sts: taken.filter(isSts) };
    },
    async stop() {
      front.stop();
      await emulator.stop();
    },
  };
}

/** Connects it by a role that asks for the external id, as a customer would. */
export async function connect({ call }, { front }, pace) {
  const { body } = await call("POST", "/accounts", {
    name: "Peers",
    environment: "production",
    awsAccountId,
    credential: { method: "role", roleArn },
    regions,
    pace,
  });
  front.trust(roleArn, { accessKeyId: operatorKey, externalId: body.data.externalId });
  return body.data.id;
}
