// Cloudglass with the front as its AWS, and everything kept that comes out of it.
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endOf, setUp, startScan } from "../support/api.mjs";
import { startReceiver } from "../support/receiver.mjs";
import { newState, overheardConfig, startRuntime } from "../support/runtime.mjs";
import { watch } from "../support/socket.mjs";

const awsConfig = path.join(import.meta.dirname, "front", "wrangler.toml");

/**
 * Starts it with one account connected. `told` are the texts of its answers, `received` what a webhook for everything was sent,
 * `frames` what `watchedScan` was told.
 */
export async function deploy({ name, port, connected }) {
  const state = newState(name);
  const runtime = await startRuntime({ port, state, config: overheardConfig(), awsConfig });
  const told = [];
  const demo = await setUp(runtime.origin, { name, environment: "production", ...connected }, told);
  const { url, received, close } = await startReceiver();
  await demo.api("POST", "/webhooks", { url, events: ["*"] });
  const stop = async () => {
    await runtime.kill();
    await close();
  };
  return { ...demo, name, state, runtime, told, received, frames: [], stop };
}

/** A scan of its account, with what a socket tells of it; as it ended. */
export async function watchedScan(demo) {
  const { id } = await startScan(demo);
  const socket = await watch(demo, id);
  const scan = await endOf(demo, id);
  // As a state where it had ended before the socket was open.
  await socket.until(({ type, scan: state }) => type === "complete" || state?.completedAt);
  socket.close();
  demo.frames.push(...socket.frames);
  return scan;
}

/** Asks for everything that can be asked for without an id; it is in `told` then. A stream says all it still knows. */
export async function crawl({ origin, key, told }) {
  const headers = { authorization: `Bearer ${key}`, "last-event-id": "0" };
  const read = async (route) => textOf(await fetch(`${origin}${route}`, { headers }));
  const { paths } = JSON.parse(await read("/api/v1/openapi.json"));
  for (const [route, { get }] of Object.entries(paths)) if (get && !route.includes("{")) told.push(await read(route));
}

/** Of an answer that never ends, what comes before it is silent for a second. */
async function textOf(answer) {
  if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) return answer.text();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const next = () => Promise.race([reader.read(), sleep(1_000, { done: true })]);
  let text = "";
  for (let piece = await next(); !piece.done; piece = await next()) text += piece.value;
  await reader.cancel();
  return text;
}
