/** The columns of `resources` that a kept version holds under their own names. */
const columns = [
  "id",
  "service",
  "resource_type",
  "region",
  "native_id",
  "arn",
  "name",
  "state",
  "expires_at",
  "cost_monthly",
  "resource_created_at",
  "created_at",
];
const jsonColumns = ["tags", "attributes", "relations"];

/** What a resource is like, as a version keeps it: SQL for a JSON object of the table (or alias) named. */
export const versionJson = (table: string): string =>
  `json_object(${[
    ...columns.map((column) => `'${column}', ${table}.${column}`),
    ...jsonColumns.map((column) => `'${column}', json(${table}.${column})`),
  ].join(", ")})`;

/** A version as it is stored; those of earlier releases lack what came later. */
export interface Version {
  readonly id: string;
  readonly service: string;
  readonly resource_type: string;
  readonly region: string;
  readonly native_id: string;
  readonly arn: string | null;
  readonly name: string | null;
  readonly state: string | null;
  readonly expires_at?: string | null;
  readonly cost_monthly?: number | null;
  readonly resource_created_at: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly relations?: readonly { readonly kind: string; readonly resourceType: string; readonly target: string }[];
}
