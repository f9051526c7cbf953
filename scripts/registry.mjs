// Writes the registries from what lies in the folders, so that adding a collector, a check, an endpoint, a consumer or a
// cron job is adding a file. The output is git-ignored;
import { mkdirSync, readdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import path from "node:path";

const root = path.join(import.meta.dirname, "..");
const src = path.join(root, "src");

const filesIn = (room) =>
  existsSync(path.join(src, room))
    ? readdirSync(path.join(src, room), { recursive: true })
        .map(String)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => file.split(path.sep).join("/"))
        .toSorted()
    : [];

const camel = (text) => text.replaceAll(/[-./](\w)/g, (_, letter) => letter.toUpperCase());
const header = "// Written by scripts/registry.mjs from the files beside it.\n";

/** What the collectors or checks of a service share lies beside them, under these names. */
const shared = { collectors: ["shapes.ts"], checks: ["shared.ts", "examples.ts"] };
const unitsIn = (room) =>
  filesIn(room).filter((file) => file.includes("/") && !shared[room].includes(path.posix.basename(file)));

const collectors = unitsIn("collectors");
const collectorId = (file) => {
  const [service, plural] = file.replace(/\.ts$/, "").split("/");
  return `${service}.${camel(plural)}`;
};
const collectorsRegistry = `${header}import type { Collector, Found } from "./collector.ts";
${collectors.map((file) => `import { collector as ${camel(file.replace(/\.ts$/, ""))} } from "./${file}";`).join("\n")}

export const collectors = {
${collectors.map((file) => `  "${collectorId(file)}": ${camel(file.replace(/\.ts$/, ""))},`).join("\n")}
} as const;

export type CollectorId = keyof typeof collectors;

/** What a collector finds. */
export type FoundBy<Id extends CollectorId> = (typeof collectors)[Id] extends Collector<infer Attributes, infer Observed, infer _>
  ? Found<Attributes, Observed>
  : never;
`;

const checks = unitsIn("checks");
const checksRegistry = `${header}${checks
  .map((file) => `import { check as ${camel(file.replace(/\.ts$/, ""))} } from "./${file}";`)
  .join("\n")}
import { sealed } from "./sealed.ts";

export const checks = [
${checks.map((file) => `  sealed(${camel(file.replace(/\.ts$/, ""))}),`).join("\n")}
] as const;
`;

const listRegistry = (files, name, exported, type) => `${header}${type ? `${type}\n` : ""}${files
  .map((file) => `import { ${exported} as ${camel(file.replace(/\.ts$/, ""))} } from "./${file}";`)
  .join("\n")}

export const ${name} = [
${files.map((file) => `  ${camel(file.replace(/\.ts$/, ""))},`).join("\n")}
] as const;
`;

/** Of each framework what fits the bundle: its controls are served from `assets/frameworks.json`. */
const frameworks = (
  await Promise.all(
    filesIn("frameworks")
      .filter((file) => file !== "registry.ts")
      .map((file) => import(path.join(src, "frameworks", file))),
  )
).flatMap(({ framework }) =>
  framework
    ? [
        {
          id: framework.id,
          title: framework.title,
          edition: framework.edition,
          controlsTotal: framework.controlsTotal ?? Object.keys(framework.controls).length,
        },
      ]
    : [],
);

const registries = {
  "frameworks/registry.ts": `${header}export const frameworks = ${JSON.stringify(frameworks, null, 2)} as const;\n`,
  "collectors/registry.ts": collectorsRegistry,
  "checks/registry.ts": checksRegistry,
  "modules/registry.ts": listRegistry(
    filesIn("modules").filter((file) => file.endsWith("/endpoints.ts")),
    "endpointLists",
    "endpoints",
  ),
  "queues/registry.ts": listRegistry(
    filesIn("queues").filter((file) => !["registry.ts", "consume.ts"].includes(file)),
    "consumers",
    "consumer",
  ),
  "schedules/registry.ts": listRegistry(
    filesIn("schedules").filter((file) => !["registry.ts", "run.ts"].includes(file)),
    "jobs",
    "job",
  ),
};

for (const [file, text] of Object.entries(registries)) {
  const target = path.join(src, file);
  mkdirSync(path.dirname(target), { recursive: true });
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) writeFileSync(target, text);
}
