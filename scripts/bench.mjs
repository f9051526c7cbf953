// `npm run bench`: what Cloudglass costs, measured against the runtime itself. Counted costs do not depend on the machine;
// latencies are told as multiples of a floor measured in the same run. Ends with 1 when a promise of the design is broken.
// `--quick` measures shortly, `--only <group>` one group (bundle, latency, costs, memory, telling, fan-out, peers), `--json FILE` writes everything.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureBundle } from "./bench/bundle.mjs";
import { measureCosts } from "./bench/costs.mjs";
import { measureFanOut } from "./bench/fan-out.mjs";
import { measureLatency } from "./bench/latency.mjs";
import { measureMemory } from "./bench/memory.mjs";
import { measurePeers } from "./bench/peers.mjs";
import { broken, machine, printGroup } from "./bench/report.mjs";
import { measureTelling } from "./bench/telling.mjs";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" }, json: { type: "string" } },
});

const measures = {
  bundle: measureBundle,
  latency: measureLatency,
  costs: measureCosts,
  memory: measureMemory,
  telling: measureTelling,
  "fan-out": measureFanOut,
  peers: measurePeers,
};
const names = Object.keys(measures);
if (values.only && !names.includes(values.only)) {
  console.error(`There is no group ${values.only}. Groups: ${names.join(", ")}.`);
  process.exit(2);
}

const full = {
  rounds: 5,
  roundMs: 2_000,
  warmUpMs: 1_000,
  newKeys: 20,
  findings: [1_000, 100_000],
  resources: [1_000, 20_000],
  collected: [1_000, 10_000, 100_000],
  requests: 2_000,
  events: 40,
  watchers: [100, 1_000, 10_000],
  peers: { sizes: ["small", "large"], widths: [1, 4, 16], rounds: { small: 3, large: 1 } },
};
const quick = {
  ...full,
  rounds: 2,
  roundMs: 400,
  warmUpMs: 300,
  newKeys: 5,
  findings: [1_000, 10_000],
  resources: [1_000],
  collected: [1_000],
  events: 10,
  watchers: [100],
  peers: { sizes: ["small"], widths: [4], rounds: { small: 1 } },
};

const { cores, node, workerd } = machine();
console.log(
  `# Cloudglass benchmarks\n\n${cores} cores, Node ${node}, workerd ${workerd}${values.quick ? ", quick" : ""}`,
);
const groups = [];
for (const name of names.filter((one) => !values.only || one === values.only)) {
  const group = await measures[name](values.quick ? quick : full);
  groups.push(group);
  printGroup(group);
}
if (values.json)
  writeFileSync(values.json, JSON.stringify({ at: new Date().toISOString(), machine: machine(), groups }, null, 2));

const failures = broken(groups);
console.log(failures.length === 0 ? "\nEvery promise measured was kept." : "\nBroken:\n");
for (const { promise, which, measured, bound } of failures)
  console.log(`- ${promise}${which && `, ${which}`}: ${measured}, promised ${bound}`);
process.exit(failures.length === 0 ? 0 : 1);
