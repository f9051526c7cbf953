// Scans of an ordinary account at two sizes, AWS 80 ms away, by one consumer, four and sixteen side by side, beside what other
// scanners take of an account of the same size behind the same delay.
import { startAccount } from "./peers/account.mjs";
import { connections, delayMs, record, scansAt } from "./peers/scans.mjs";
import { newGroup } from "./report.mjs";

/** What others take where they look at everything; CloudSploit's at the large size are of 56 of its checks. */
const others = [
  { name: "CloudSploit", calls: { small: 2_088, large: 3_274 }, seconds: { small: 7, large: 19.5 } },
  { name: "Prowler", calls: { small: 1_380, large: 7_433 }, seconds: { small: 77, large: 337 } },
  { name: "Cloud Custodian", calls: { small: 1_024, large: 8_075 }, seconds: { small: 60, large: 264 } },
];
const scales = { small: 1, large: 11.9 };
/** What may come on top of the calls' own time. */
const slack = 1.3;

/** All calls in rounds of as many as may be under way, and the list with the most pages. */
const boundOf = ({ calls, chain }, width) =>
  slack * Math.ceil(calls / (connections * width)) * delayMs + chain * delayMs;

/** Calls that wait for each other whatever the width: enter the account, prove it, its regions, list, describe twice, figures. */
const rounds = 7;
/** What side by side cannot be faster than here, where one thread computes for all of them. */
const floorOf = ({ cpuMs }) => cpuMs + rounds * delayMs;

const head = [
  "resources",
  "W",
  "scan",
  "ended",
  "AWS calls",
  "STS calls",
  "not replayed",
  "tasks",
  "page chain",
  "most at once",
  "average",
  "CPU ms",
  "waited for it",
  "ms",
  "bound",
  "ms : bound",
];
const row = ({ width }, name, one) => [
  one.scan.resourcesDiscovered,
  width,
  name,
  one.scan.status,
  one.calls,
  one.stsCalls,
  one.misses,
  one.scan.cost.tasks,
  one.chain,
  one.mostAtOnce,
  one.averageAtOnce,
  Math.round(one.cpuMs),
  Math.round(one.waitedMs),
  Math.round(one.ms),
  Math.round(boundOf(one, width)),
  one.ms / boundOf(one, width),
];
const rowsOf = (one) => [row(one, "first", one.first), row(one, "unchanged", one.rescan)];

const floorHead = [
  "resources",
  "W",
  "calls per task",
  "calls",
  "CPU ms",
  "waited for it",
  "floor ms",
  "first : floor",
  "peak MiB",
];
const floorRow = ({ width, callsPerTask, floor, peakMib, first }) => [
  first.scan.resourcesDiscovered,
  width,
  callsPerTask,
  first.calls,
  Math.round(floor.cpuMs),
  Math.round(floor.waitedMs),
  Math.round(floor.ms),
  first.ms / floor.ms,
  Math.round(peakMib),
];

const shown = (number) => (number === undefined ? "" : number.toLocaleString("en", { maximumFractionDigits: 1 }));

/** Ours beside theirs, a column for each size that was measured. */
function comparison(measured) {
  const sizes = Object.keys(measured);
  const ours = (all, width) => all.find((one) => one.width === width)?.first;
  const cells = (given) => sizes.map(given);
  return [
    ...others.map(({ name, calls, seconds }) => [
      name,
      ...cells((size) => shown(calls[size])),
      ...cells((size) => shown(seconds[size])),
    ]),
    ...Object.values(measured)[0].map(({ width }) => [
      `Cloudglass, W = ${width}`,
      ...cells((size) => shown(ours(measured[size], width)?.calls)),
      ...cells((size) => shown(ours(measured[size], width)?.ms / 1_000)),
    ]),
  ];
}

function hold({ atMost, exactly }, size, { width, first, rescan, errors }) {
  const which = `${size}, W = ${width}`;
  for (const line of errors.slice(0, 5)) console.error(line.slice(0, 500));
  for (const one of [first, rescan]) exactly("a scan ends complete", one.scan.status, "complete", which);
  exactly("a first scan adds every resource", first.scan.resourcesAdded, first.scan.resourcesDiscovered, which);
  atMost("calls at once ≤ 6 × W", first.mostAtOnce, connections * width, which);
  for (const { name, calls } of others) atMost(`calls below ${name}'s`, first.calls, calls[size] - 1, which);
  const bound = `ms ≤ ${slack} × ⌈calls ÷ 6 W⌉ × ${delayMs} + page chain × ${delayMs}`;
  for (const one of [first, rescan]) {
    if (width === 1) atMost(bound, Math.round(one.ms), Math.floor(boundOf(one, width)), which);
    else
      atMost(
        `${bound} + CPU + ${rounds} × ${delayMs}`,
        Math.round(one.ms),
        Math.floor(boundOf(one, width) + floorOf(one)),
        which,
      );
  }
}

/** One size at every width. */
async function scansOf(size, { widths, rounds }) {
  const account = await startAccount(scales[size]);
  try {
    const calls = await record(account);
    const measured = [];
    for (const width of widths) measured.push(await scansAt(account, width, { calls, rounds: rounds[size] }));
    return measured;
  } finally {
    await account.stop();
  }
}

export async function measurePeers({ peers }) {
  const report = newGroup("peers", "Against peers");
  const measured = {};
  for (const size of peers.sizes) measured[size] = await scansOf(size, peers);
  const all = Object.values(measured).flat();
  report.table(`Scans with ${delayMs} ms added to every call, W messages at a time.`, head, all.flatMap(rowsOf));
  report.table(
    "The floor: as many calls at the same width with nothing of the product around them.",
    floorHead,
    all.map(floorRow),
  );
  report.table(
    "Others, and ours at each width: AWS calls and seconds of one whole scan.",
    ["", ...peers.sizes.map((size) => `calls, ${size}`), ...peers.sizes.map((size) => `seconds, ${size}`)],
    comparison(measured),
  );
  for (const [size, own] of Object.entries(measured)) for (const one of own) hold(report, size, one);
  return report.group;
}
