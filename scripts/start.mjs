// `npm start`: Cloudglass on this machine, with a simulated AWS account behind it. Installs nothing, asks nothing. Makes the
// organization, the key and the account where they are missing, scans, shows what was found, and goes on serving.
// `--once` ends after the scan. `--port N`, `--state DIR`.
import { parseArgs } from "node:util";
import { applyMigrations, startRuntime } from "./start/runtime.mjs";
import { connectDemo } from "./start/demo.mjs";
import { watchScan } from "./start/watch.mjs";
import { printReport } from "./start/report.mjs";

const { values } = parseArgs({
  options: {
    once: { type: "boolean", default: false },
    port: { type: "string", default: "8787" },
    state: { type: "string", default: ".state" },
  },
});

applyMigrations(values.state);
const runtime = await startRuntime({ port: Number(values.port), state: values.state });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void runtime.stop());

try {
  const demo = await connectDemo({ origin: runtime.origin, state: values.state });
  const scan = await watchScan(demo);
  await printReport({ ...demo, scan, once: values.once });
  if (values.once) await runtime.stop(["complete", "partial"].includes(scan.status) ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await runtime.stop(1);
}
