// What scans write, read and ask: the first one, one of an account where nothing changed, at once and a day later, and one
// where a hundredth changed.
import { makeOrganization } from "./organization.mjs";
import { startRuntime } from "./runtime.mjs";
import { connectAccount, scan, startSimulator } from "./simulator.mjs";

const awsAccountId = "222233334444";
const today = Date.now();
const dayMs = 86_400_000;
const at = (days) => new Date(today + days * dayMs).toISOString();
/** Beside the places: the plan and the second wave. */
const otherTasks = 2;
/** A role is tried without its external id and with a wrong one before it is first entered. */
const roleTrials = 2;
/** Resources of an account that is a task for each place. */
const small = 1_000;

const steps = [
  { name: "first", settings: { now: at(0) } },
  { name: "unchanged", settings: {} },
  { name: "unchanged, a day later", settings: { now: at(1) } },
  { name: "1 % changed", settings: { generation: 1 } },
];

/** One account of this size through all steps. */
async function scansOf(resources) {
  const simulator = startSimulator();
  const runtime = await startRuntime({ aws: simulator.aws, around: "counted" });
  try {
    const organization = await makeOrganization(runtime.origin);
    const accountId = await connectAccount(organization, simulator, awsAccountId, { resources, epoch: at(0) });
    const counted = async () => (await fetch(`${runtime.origin}/counted`)).json();
    const measured = [];
    for (const { name, settings } of steps) {
      const { regions, total } = await simulator.arrange(awsAccountId, settings);
      simulator.calls();
      await counted();
      const ended = await scan(organization, accountId);
      measured.push({
        name,
        total,
        regions: regions.length,
        scan: ended,
        counted: { ...(await counted()), ...simulator.calls() },
      });
    }
    const errors = runtime.logs.filter((line) => line.startsWith("error") || line.includes('"level":"error"'));
    return { resources, measured, errors };
  } finally {
    await runtime.stop();
  }
}

const head = [
  "resources",
  "scan",
  "ended",
  "rows written",
  "rows read",
  "AWS calls",
  "STS calls",
  "tasks",
  "messages",
  "seconds",
];
const row = (resources, { name, scan: { cost, status, waitedMs }, counted }) => [
  resources,
  name,
  status,
  counted.rowsWritten,
  counted.rowsRead,
  counted.awsCalls,
  counted.stsCalls,
  cost.tasks,
  counted.messages,
  waitedMs / 1_000,
];

const toldHead = [
  "resources",
  "scan",
  "rows written",
  "rows read",
  "AWS calls",
  "STS calls",
  "tasks",
  "messages",
  "seconds",
];
const toldRow = (resources, { name, scan: { cost } }) => [
  resources,
  name,
  cost.rowsWritten,
  cost.rowsRead,
  cost.awsCalls,
  cost.stsCalls,
  cost.tasks,
  cost.queueMessages,
  cost.durationMs / 1_000,
];

export async function measureScans(report, sizes) {
  const all = [];
  for (const size of sizes) all.push(await scansOf(size));
  const rowsOf = (row) => all.flatMap(({ resources, measured }) => measured.map((one) => row(resources, one)));
  report.table("Scans: everything from the request to the end, counted around the Worker.", head, rowsOf(row));
  report.table("The same as `GET /scans/{id}` tells it.", toldHead, rowsOf(toldRow));
  for (const { resources, measured, errors } of all) {
    for (const one of measured)
      hold(report, resources, one, `${one.name}, ${resources.toLocaleString("en")} resources`);
    for (const line of errors.slice(0, 5)) console.error(line.slice(0, 500));
    const [first] = measured;
    const changed = measured.at(-1);
    const which = `${resources.toLocaleString("en")} resources`;
    report.exactly("a first scan finds every resource", first.scan.resourcesDiscovered, first.total, which);
    report.atMost("a scan changes what changed", changed.scan.resourcesChanged, Math.ceil(resources * 0.011), which);
  }
}

function hold({ atMost, exactly }, resources, { name, scan: { cost, status }, counted, regions }, which) {
  for (const call of counted.repeated.slice(0, 3)) console.error(`${which}: made ${call}`);
  exactly("a scan ends complete", status, "complete", which);
  // A large account is cut into more tasks, and each asks by itself for what several things are read with.
  const more = cost.tasks - otherTasks - (regions + 1);
  atMost("AWS calls made twice ≤ tasks beyond one for each place", counted.repeated.length, more, which);
  atMost("STS calls ≤ tasks + what proves a role", counted.stsCalls, cost.tasks + roleTrials, which);
  if (resources <= small) atMost("tasks beside plan and second wave ≤ regions + 1", more, 0, which);
  atMost("queue messages ≤ tasks", counted.messages, cost.tasks, which);
  if (name.startsWith("unchanged"))
    atMost(
      "an unchanged scan writes ≤ 8 rows per region or global task + 60",
      counted.rowsWritten,
      8 * (cost.tasks - otherTasks) + 60,
      which,
    );
}
