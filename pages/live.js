// Follows an organization's scans over its socket. The protocol is told in docs/live.md.

const api = "/api/v1";
const firstRetryMs = 500;
const longestRetryMs = 30_000;
const pingEveryMs = 20_000;
const pongWithinMs = 10_000;
/** Those under way are all shown. */
const scansShown = 20;
const findingsShown = 100;

const by = (id) => document.getElementById(id);

/** What is known; nothing of it outlives the page. */
const memory = { key: null, lastEventId: null, retries: 0, socket: null, timer: null, pinging: null, names: new Map() };
/** This page was away for so long that nobody told it all. */
let isBehind = false;
const scans = new Map();
const tally = { opened: 0, reopened: 0, resolved: 0 };

// What is shown.

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** `idle`, `open`, `waiting` (it comes back by itself) or `refused`. */
function showState(state, text) {
  by("state").dataset.state = state;
  by("state").textContent = text;
}

function complain(text) {
  by("complaint").textContent = text;
  by("complaint").hidden = text === "";
}

function scanOf(id) {
  const known = scans.get(id);
  if (known) return known;
  for (const old of scans.values()) if (scans.size >= scansShown && ended.has(old.status)) forget(old);
  const item = document.createElement("li");
  const head = make("div", "head");
  const parts = {
    name: make("span", "name", "Scan"),
    status: make("span", "status"),
    bar: make("progress", ""),
    detail: make("div", "detail"),
  };
  parts.bar.max = 100;
  head.append(parts.name, parts.status);
  item.append(head, parts.bar, parts.detail);
  item.dataset.scan = id;
  by("scans").prepend(item);
  by("no-scans").hidden = true;
  const scan = { id, item, parts, percent: 0, status: "running", seq: 0 };
  scans.set(id, scan);
  return scan;
}

function forget({ id, item }) {
  scans.delete(id);
  item.remove();
}

const ended = new Set(["complete", "partial", "canceled", "error"]);
const statusTexts = { error: "failed", running: "" };

/** Percent never falls: a state may be older than what came before it. */
function showScan(scan, { percent = 0, status = scan.status, name, detail }) {
  scan.percent = Math.max(scan.percent, status === "complete" || status === "partial" ? 100 : percent);
  scan.status = status;
  const { parts } = scan;
  if (name) parts.name.textContent = name;
  if (detail !== undefined) parts.detail.textContent = detail;
  parts.bar.value = scan.percent;
  parts.bar.setAttribute("aria-label", `Progress of ${parts.name.textContent}`);
  parts.status.dataset.status = status;
  parts.status.textContent = [statusTexts[status] ?? status, `${scan.percent} %`].filter(Boolean).join(" · ");
}

function showFinding({ severity, title, service, region, accountId, resourceName }, at) {
  const item = document.createElement("li");
  const badge = make("span", "severity", severity);
  badge.dataset.severity = severity;
  const where = [resourceName, service, region, memory.names.get(accountId), at].filter(Boolean).join(" · ");
  item.append(badge, make("span", "title", title), make("span", "detail", where));
  by("findings").prepend(item);
  while (by("findings").children.length > findingsShown) by("findings").lastElementChild.remove();
}

function showTally(counts) {
  for (const name of Object.keys(tally)) tally[name] += counts[name] ?? 0;
  const gap = isBehind ? "; some may be missing, as this page was away for long" : "";
  by("tally").textContent = `${tally.opened} opened, ${tally.reopened} came back, ${tally.resolved} resolved${gap}`;
}

// What frames say.

const on = {
  ready({ eventId }) {
    memory.retries = 0;
    showState("open", "Connected");
    // Too long away to be told what happened since.
    if (memory.lastEventId !== null && eventId !== memory.lastEventId) catchUp();
  },
  sync({ scan: { id, status, percent, accountId, awsAccountId } }) {
    showScan(scanOf(id), { percent, status, name: memory.names.get(accountId) ?? `Account ${awsAccountId}` });
  },
  progress({ scanId, percent, step, region, service, counts }) {
    const tasks = counts.tasksTotal ? `${counts.tasksDone} of ${counts.tasksTotal} tasks` : "";
    const detail = [step, service, region, tasks].filter(Boolean).join(" · ");
    const scan = scanOf(scanId);
    showScan(scan, { percent, status: "running", detail });
    // A scan that began while we were listening has not been introduced.
    if (scan.parts.name.textContent === "Scan") introduce(scan);
  },
  finding({ opened, counts }) {
    const at = new Date().toLocaleTimeString();
    for (const finding of opened.toReversed()) showFinding(finding, at);
    showTally(counts);
  },
  complete({ scanId, status, summary }) {
    const { resourcesDiscovered, findingsNew, findingsResolved } = summary;
    showScan(scanOf(scanId), {
      status,
      detail: `${resourcesDiscovered} resources, ${findingsNew} new findings, ${findingsResolved} resolved`,
    });
  },
  error({ scanId, seq, reason }) {
    if (seq !== undefined) showScan(scanOf(scanId), { status: "error", detail: reason });
  },
  pong() {
    memory.pinging = null;
  },
};

function introduce(scan) {
  scan.parts.name.textContent = `Scan ${scan.id.slice(-12)}`;
  void lookAt(scan);
}

/** Asks how those scans are that were under way when we left. */
function catchUp() {
  isBehind = true;
  showTally({});
  for (const scan of scans.values()) if (!ended.has(scan.status)) void lookAt(scan);
}

async function lookAt(scan) {
  const { data } = await ask("GET", `/scans/${scan.id}`).catch(() => ({}));
  if (!data || !scans.has(scan.id)) return;
  showScan(scan, { name: memory.names.get(data.accountId) ?? `Account ${data.awsAccountId}` });
  // Its end may have come by the socket meanwhile.
  if (!ended.has(data.status) || ended.has(scan.status)) return;
  const { status, seq, errorMessage: reason } = data;
  on[status === "error" ? "error" : "complete"]({ scanId: scan.id, status, seq, reason, summary: data });
}

// The connection.

/** Throws `{ status, detail }` for what the API refuses. */
async function ask(method, path) {
  const answer = await fetch(api + path, { method, headers: { authorization: `Bearer ${memory.key}` } });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.detail), { status: answer.status, detail: body.detail });
  return body;
}

/** Closed for good: nothing would be different the next time. */
const final = {
  unauthorized: "The key was refused or revoked.",
  revoked: "The key was refused or revoked.",
  credential_expired: "The key has expired.",
  forbidden: "The key may not follow scans.",
};

async function connect() {
  clearTimeout(memory.timer);
  const { key } = memory;
  showState("waiting", "Connecting …");
  try {
    const { data } = await ask("POST", "/ws/tickets");
    if (key !== memory.key || memory.socket) return;
    const url = new URL(data.url);
    if (memory.lastEventId !== null) url.searchParams.set("lastEventId", memory.lastEventId);
    open(new WebSocket(url));
  } catch (error) {
    if (key !== memory.key) return;
    if ([400, 401, 403].includes(error.status)) leave(error.detail);
    else retry();
  }
}

function open(socket) {
  memory.socket = socket;
  memory.pinging = null;
  const beat = setInterval(() => ping(socket), pingEveryMs);
  socket.addEventListener("message", ({ data }) => {
    if (socket !== memory.socket) return;
    const frame = JSON.parse(data);
    on[frame.type]?.(frame);
    if (frame.eventId !== undefined) memory.lastEventId = frame.eventId;
  });
  socket.addEventListener("close", ({ reason }) => {
    clearInterval(beat);
    if (socket !== memory.socket) return;
    memory.socket = null;
    if (final[reason]) leave(final[reason]);
    else if (reason === "newer_connection")
      showState("refused", "This key is being used in other windows: reload to go on here");
    else retry();
  });
}

/** A connection can be dead without having been closed. */
function ping(socket) {
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send('{"type":"ping"}');
  memory.pinging = socket;
  setTimeout(() => {
    if (memory.pinging === socket) drop(socket);
  }, pongWithinMs);
}

/** Does not wait for the other side, which may be gone. */
function drop(socket) {
  if (socket !== memory.socket) return;
  memory.socket = null;
  socket.close();
  retry();
}

/** Later each time, and never together with everybody else. */
function retry() {
  const limitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** memory.retries);
  const waitMs = limitMs * (0.5 + Math.random() / 2);
  memory.retries += 1;
  showState("waiting", navigator.onLine ? "Connection lost: reconnecting …" : "Offline: waiting for the network");
  clearTimeout(memory.timer);
  memory.timer = setTimeout(() => void connect(), waitMs);
}

function leave(reason = "") {
  clearTimeout(memory.timer);
  const { socket } = memory;
  Object.assign(memory, { key: null, lastEventId: null, retries: 0, socket: null });
  isBehind = false;
  socket?.close(1000);
  scans.clear();
  memory.names.clear();
  by("scans").replaceChildren();
  by("findings").replaceChildren();
  Object.assign(tally, { opened: 0, reopened: 0, resolved: 0 });
  by("tally").textContent = "None since this page is open.";
  by("no-scans").hidden = false;
  by("board").hidden = true;
  by("entry").hidden = false;
  showState(reason === "" ? "idle" : "refused", reason === "" ? "Not connected" : "Refused");
  complain(reason);
  by("key").focus();
}

async function watch() {
  const key = by("key").value.trim();
  memory.key = key;
  by("key").value = "";
  complain("");
  by("entry").hidden = true;
  by("board").hidden = false;
  // Where the key may read them.
  const { data = [] } = await ask("GET", "/accounts?limit=500").catch(() => ({}));
  // Somebody has left meanwhile.
  if (memory.key !== key) return;
  for (const { id, name } of data) memory.names.set(id, name);
  await connect();
}

by("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  void watch();
});
by("leave").addEventListener("click", () => leave());
addEventListener("offline", () => {
  if (memory.socket) drop(memory.socket);
});
addEventListener("online", () => {
  if (memory.key !== null && !memory.socket) void connect();
});
