// Looks for texts wherever a deployment could have left them, byte by byte.
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** So much of a text's beginning and of its end is looked for: what was cut short is found, too. */
const partLength = 40;

/** What only these bytes give in base64, wherever in a longer text they begin. */
function inBase64(text) {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    // A character that tells of a neighbouring byte as well is left out.
    return encoded.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
  });
}

function forms(text) {
  const encoded = [text.slice(0, partLength), text.slice(-partLength)].flatMap((part) => [part, ...inBase64(part)]);
  return [...new Set(encoded.flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]))];
}

/**
 * Which of these texts (four bytes at least) lie in which of these places, as they are or in base64: lines `place: kind`. `places` is
 * name → bytes, `texts` are `{ kind, text }`.
 */
export function whereabouts(places, texts) {
  const sought = texts.flatMap(({ kind, text }) => forms(text).map((form) => ({ kind, bytes: Buffer.from(form) })));
  const byStart = Map.groupBy(sought, ({ bytes }) => bytes.readInt32LE(0));
  const found = new Set();
  for (const [place, bytes] of Object.entries(places))
    for (let at = 0; at + 4 <= bytes.length; at += 1)
      for (const { kind, bytes: form } of byStart.get(bytes.readInt32LE(at)) ?? [])
        if (bytes.subarray(at, at + form.length).equals(form)) found.add(`${place}: ${kind}`);
  return [...found].toSorted();
}

/** What a deployment stored, queued, printed and told: `<deployment> <kind> <file>` → bytes. */
export function placesOf({ name, state, runtime, told, frames, received }) {
  const log = runtime.log();
  const texts = {
    log,
    queues: log.match(/queue message .*/g)?.join("\n") ?? "",
    answers: told.join("\n"),
    frames: JSON.stringify(frames),
    webhooks: JSON.stringify(received),
  };
  const files = globSync("**", { cwd: state, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries([
    ...Object.entries(texts).map(([kind, text]) => [`${name} ${kind}`, Buffer.from(text)]),
    ...files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const [, kind, ...rest] = path.relative(state, file).split(path.sep);
      return [`${name} ${kind} ${rest.join("/")}`, readFileSync(file)];
    }),
  ]);
}
