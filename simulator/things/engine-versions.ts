import { queryAnswer } from "../answers.ts";
import { text, type Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { byRecords, xmlOf } from "./thing.ts";

type Lifecycle = readonly [engine: string, version: string, from: string, standardTo: string, extendedTo?: string];

/** Source: RDS user guide, "Supported MySQL/PostgreSQL/MariaDB major versions", and Aurora's release calendars. */
// prettier-ignore
const majorVersions: readonly Lifecycle[] = [
  ["aurora-mysql", "5.7", "2018-02-06", "2024-10-31", "2027-02-28"],
  ["aurora-mysql", "8.0", "2021-11-18", "2028-04-30", "2029-07-31"],
  ["aurora-postgresql", "12", "2021-01-28", "2025-02-28", "2028-02-29"],
  ["aurora-postgresql", "13", "2021-08-26", "2026-02-28", "2029-02-28"],
  ["aurora-postgresql", "14", "2022-06-20", "2027-02-28", "2030-02-28"],
  ["aurora-postgresql", "15", "2023-05-04", "2028-02-29", "2031-02-28"],
  ["aurora-postgresql", "16", "2024-01-31", "2029-02-28", "2032-02-29"],
  ["aurora-postgresql", "17", "2025-05-01", "2030-02-28", "2033-02-28"],
  ["mariadb", "10.6", "2022-02-03", "2026-07-31"],
  ["mariadb", "10.11", "2023-08-21", "2028-02-29"],
  ["mariadb", "11.4", "2024-10-15", "2029-05-31"],
  ["mysql", "5.7", "2016-02-22", "2024-02-29", "2027-02-28"],
  ["mysql", "8.0", "2018-10-23", "2026-07-31", "2029-07-31"],
  ["mysql", "8.4", "2024-11-21", "2029-07-31", "2032-07-31"],
  ["postgres", "12", "2020-03-31", "2025-02-28", "2028-02-29"],
  ["postgres", "13", "2021-02-24", "2026-02-28", "2029-02-28"],
  ["postgres", "14", "2022-02-03", "2027-02-28", "2030-02-28"],
  ["postgres", "15", "2023-02-27", "2028-02-29", "2031-02-28"],
  ["postgres", "16", "2023-10-17", "2029-02-28", "2032-02-29"],
  ["postgres", "17", "2024-11-14", "2030-02-28", "2033-02-28"],
];

/** The day after. */
const after = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString();

const lifecycle = (name: string, from: string, to: string) => ({
  LifecycleSupportName: `open-source-rds-${name}-support`,
  LifecycleSupportStartDate: from,
  LifecycleSupportEndDate: `${to}T23:59:59.999Z`,
});

const majorVersion = ([Engine, MajorEngineVersion, from, standardTo, extendedTo]: Lifecycle) => ({
  Engine,
  MajorEngineVersion,
  SupportedEngineLifecycles: {
    SupportedEngineLifecycle: [
      lifecycle("standard", `${from}T00:00:00Z`, standardTo),
      ...(extendedTo === undefined ? [] : [lifecycle("extended", after(standardTo), extendedTo)]),
    ],
  },
});

export const describeMajorVersions: Operation = (call) => {
  const engine = text(call, "Engine");
  const asked = majorVersions.filter(([name]) => engine === undefined || name === engine);
  const { from, to, next } = windowOf(call, asked.length, byRecords);
  const DBMajorEngineVersion = asked.slice(from, to).map(majorVersion);
  return queryAnswer("rds", call.action, xmlOf({ DBMajorEngineVersions: { DBMajorEngineVersion }, Marker: next }));
};
