// Costs that are counted, not timed: they are the same on every machine.
import { measureReads } from "./reads.mjs";
import { newGroup } from "./report.mjs";
import { measureRequests } from "./requests.mjs";
import { measureScans } from "./scans.mjs";

export async function measureCosts(options) {
  const { group, ...report } = newGroup("costs", "Counted costs");
  await measureReads(report, options.findings);
  await measureRequests(report, options);
  await measureScans(report, options.resources);
  return group;
}
