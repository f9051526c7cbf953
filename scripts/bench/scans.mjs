// What scans write, read and ask: the first one, one of an account where nothing changed, a day later, and one where a
// hundredth changed.
import { makeOrganization } from "./organization.mjs";
import { startRuntime } from "./runtime.mjs";
import { connectAccount, scan, startSimulator } from "./simulator.mjs";

const awsAccountId = "222233334444";
const today = Date.now();
const dayMs = 86_400_000;
const at = (days) => new Date(today + days * dayMs).toISOString();
/** Beside the places: the plan and the second wave. */
const otherTasks = 2;

const steps = [
  { name: "first", settings: { now: at(0) } },
  { name: "unchanged, a day later", settings: { now: at(1) } },
  { name: "1 % changed", settings: { generation: 1 } },
];

/** One account of this size through all steps. */
async function scansOf(resources) {
  const simulator = startSimulator();
  const runtime = await startRuntime({ aws: simulator.aws, counted: true });
  try {
    const organization = await makeOrganization(runtime.origin);
    const accountId = await connectAccount(organization, simulator, awsAccountId, { resources, epoch: at(0) });
    const counted = async () => (await fetch(`${runtime.origin}/counted`)).json();
    const measured = [];
    for (const { name, settings } of steps) {
      const { regions, total } = await simulator.arrange(awsAccountId, settings);
      simulator.repeated();
      await counted();
      const ended = await scan(organization, accountId);
      measured.push({ name, total, regions: regions.length, scan: ended, counted: await counted(), repeated: simulator.repeated() });
    }
    const errors = runtime.logs.filter((line) => line.startsWith("error") || line.includes('"level":"error"'));
    return { resources, measured, errors };
  } finally {
    await runtime.stop();
  }
}

const row = (resources, { name, scan: { cost, status, ...scan }, counted }) => [
  resources,
  name,
  status,
  counted.rowsWritten,
  cost.rowsWritten,
  cost.rowsRead,
  cost.awsCalls,
  cost.stsCalls,
  cost.tasks,
  counted.messages,
  scan.waitedMs / 1000,
];
const head = ["resources", "scan", "ended", "rows written", "as told", "rows read, as told", "AWS calls", "STS calls", "tasks", "messages", "seconds"];

export async function measureScans({ table, atMost, exactly }, sizes) {
  const rows = [];
  for (const size of sizes) {
    const { measured, errors } = await scansOf(size);
    for (const line of errors.slice(0, 5)) console.error(line.slice(0, 500));
    rows.push(...measured.map((one) => row(size, one)));
    for (const { name, scan: { cost, status }, repeated, regions, counted } of measured) {
      const which = `${name} scan of ${size.toLocaleString("en")}`;
      exactly(`${which}: ended`, status, "complete");
      exactly(`${which}: AWS calls made twice`, repeated.length, 0);
      for (const call of repeated.slice(0, 3)) console.error(`made twice: ${call}`);
      atMost(`${which}: STS calls, one per task`, cost.stsCalls, cost.tasks);
      atMost(`${which}: tasks beside plan and second wave`, cost.tasks - otherTasks, regions + 1);
      if (name.startsWith("unchanged")) atMost(`${which}: rows written`, counted.rowsWritten, 8 * cost.tasks + 60);
    }
    const [first, , changed] = measured.map(({ scan: one }) => one);
    exactly(`first scan of ${size.toLocaleString("en")}: resources found`, first.resourcesDiscovered, measured[0].total);
    atMost(`1 % changed scan of ${size.toLocaleString("en")}: resources changed`, changed.resourcesChanged, Math.ceil(size * 0.011));
  }
  const caption =
    "Scans. Rows written and messages are counted around the Worker, everything from the request to the end; “as told” is what the scan tells of itself.";
  table(caption, head, rows);
}
