import type { TestOrg } from "./org.ts";

/** A request that succeeds for an admin of the organization. */
export interface Sample {
  /** Path parameters, of things that are made here; left out when the path has none. */
  readonly params?: (org: TestOrg) => Promise<Readonly<Record<string, string>>>;
  readonly query?: string;
  /** Its parameters name something that every organization has, like a check. */
  readonly isCommon?: boolean;
  readonly body?: object | ((org: TestOrg) => Promise<object>);
}

/** One sample for each operationId. Each module's stand in `test/modules/<module>/samples.ts`. */
export type Samples = Readonly<Record<string, Sample>>;

const modules = import.meta.glob<{ readonly samples: Samples }>("../modules/*/samples.ts", { eager: true });

export const samples: Samples = Object.assign({}, ...Object.values(modules).map((module) => module.samples)) as Samples;
