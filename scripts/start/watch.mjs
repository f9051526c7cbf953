// Follows a scan over its WebSocket and draws how far it is.
import { setTimeout as sleep } from "node:timers/promises";

const width = 30;

const bar = ({ percent, region, service, step }) => {
  const full = Math.round((percent / 100) * width);
  const where = [region, service].filter(Boolean).join(" ") || step;
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${String(percent).padStart(3)} %  ${where}`;
};

const draw = process.stdout.isTTY
  ? (text) => process.stdout.write(`\r\u001B[K${text}`)
  : (text) => process.stdout.write(`${text}\n`);

/** Draws the progress of a scan until its socket is closed. */
const follow = ({ origin, key, scanId }) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/api/v1/scans/${scanId}/ws`);
    const done = () => {
      socket.close();
      resolve();
    };
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "auth", token: key })));
    socket.addEventListener("error", () => reject(new Error("The scan's socket could not be opened.")));
    socket.addEventListener("close", done);
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === "sync" && frame.scan.completedAt) done();
      if (frame.type === "progress") draw(bar(frame));
      if (frame.type === "complete") {
        draw(bar({ percent: 100, step: frame.status }));
        done();
      }
      if (frame.type === "error") done();
    });
  });

/** Draws the progress of a scan until it has ended, whatever becomes of its sockets; answers the scan. */
export async function watchScan(demo) {
  for (;;) {
    await follow(demo);
    const scan = (await demo.api("GET", `/scans/${demo.scanId}`)).data;
    if (scan.completedAt) {
      process.stdout.write("\n");
      return scan;
    }
    // A machine that is busy may not have let the credential through in time.
    await sleep(500);
  }
}
