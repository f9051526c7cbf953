// `npm run sim`: the simulation at full length. `--seeds N` random lives, `--from N` the first seed, `--stride N` every n-th
// operation of the exhaustive part (1: all of them).
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10000" },
    from: { type: "string", default: "1" },
    stride: { type: "string", default: "1" },
  },
});
const root = path.join(import.meta.dirname, "..");
const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "test/sim/"], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    SIMULATION: JSON.stringify({ seeds: +values.seeds, first: +values.from, stride: +values.stride }),
  },
});
process.exit(status ?? 1);
