// Writes recordings.ts: one import per recorded answer of the home region. Run after recordings were added or removed.
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = import.meta.dirname;
const files = readdirSync(path.join(root, "recordings"), { recursive: true })
  .map((file) => file.replaceAll("\\", "/"))
  // Failures are worded by answers.ts, and the other regions are made from what was recorded in the home region.
  .filter((file) => file.endsWith(".json") && !/\.(error-|eu-central-1\.|us-east-1\.|started\.)/.test(file))
  .toSorted();

const imports = files.map((file, at) => `import r${at} from "./recordings/${file}" with { type: "json" };`);
const list = files.map((_, at) => `  r${at},`);
writeFileSync(
  path.join(root, "recordings.ts"),
  `// Written by index-recordings.mjs.
${imports.join("\n")}

/** A wire answer of the emulator, as \`scripts/record/\` keeps it. */
export interface Recording {
  readonly service: string;
  readonly operation: string;
  readonly case: string | null;
  readonly status: number;
  readonly body: string;
}

const recordings: readonly Recording[] = [
${list.join("\n")}
];

/** Every case of an operation. */
export const recordingsOf = (service: string, operation: string): readonly Recording[] =>
  recordings.filter((one) => one.service === service && one.operation === operation);

/** What was answered; \`""\` when nothing was recorded. */
export const bodyOf = (service: string, operation: string, name: string | null = null): string =>
  recordingsOf(service, operation).find((one) => one.case === name)?.body ?? "";
`,
);
