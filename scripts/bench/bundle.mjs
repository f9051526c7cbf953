// What is deployed: its size, and what it takes to start.
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { newGroup } from "./report.mjs";
import { product, scratch, wrangler } from "./runtime.mjs";
import { median } from "./client.mjs";

const kib = (bytes) => bytes / 1024;
const gzipMaxKib = 300;
const startupMaxMs = 1_000;

/** Milliseconds of a start that were not idle, as `wrangler check startup` profiles it. */
function startup(bundleFile, round) {
  const file = path.join(scratch, `startup-${round}.cpuprofile`);
  wrangler("check", "startup", "-c", "wrangler.toml", "--workerBundle", bundleFile, "--outfile", file);
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8"));
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id));
  return timeDeltas.reduce((sum, micros, at) => (idle.has(samples[at]) ? sum : sum + micros), 0) / 1_000;
}

export async function measureBundle({ rounds }) {
  const { group, table, atMost } = newGroup("bundle", "Bundle");
  const minified = Buffer.from(product());
  const rows = [["minified", kib(minified.length), kib(gzipSync(minified).length)]];
  table("Size of the Worker.", ["", "KiB", "KiB gzipped"], rows);
  atMost("minified and gzipped, KiB", kib(gzipSync(minified).length), gzipMaxKib);

  const bundleFile = path.join(scratch, "worker.bundle");
  wrangler("deploy", "--dry-run", "-c", "wrangler.toml", "--outfile", bundleFile);
  const starts = Array.from({ length: rounds }, (_, round) => startup(bundleFile, round));
  table(
    "Start-up: CPU time of the first evaluation, from the profile of `wrangler check startup`.",
    ["", "ms"],
    [
      ["median", median(starts)],
      ["lowest", Math.min(...starts)],
    ],
  );
  atMost("start-up, ms of CPU (median)", median(starts), startupMaxMs);
  return group;
}
