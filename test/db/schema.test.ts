import { env } from "cloudflare:workers";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, it } from "vitest";
import * as schema from "#db/schema";

const tables = Object.values(schema).flatMap((value) => (is(value, SQLiteTable) ? [getTableConfig(value)] : []));

async function rows<Row>(pragma: string): Promise<Row[]> {
  return (await env.DB.prepare(`PRAGMA ${pragma}`).all<Row>()).results;
}

describe("the schema", () => {
  it("knows every table of the migrations", async ({ expect }) => {
    const { results } = await env.DB.prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'd1%'`,
    ).all<{ name: string }>();
    expect(tables.map(({ name }) => name).toSorted()).toEqual(results.map(({ name }) => name).toSorted());
  });

  it.for(tables.map((table) => [table.name, table] as const))(
    "has the columns, key and indexes of %s",
    async ([name, table], { expect }) => {
      const columns = await rows<{ name: string; type: string; notnull: number; pk: number }>(`table_info(${name})`);
      const primary = new Set([
        ...table.primaryKeys.flatMap(({ columns: keys }) => keys.map((key) => key.name)),
        ...table.columns.filter((column) => column.primary).map((column) => column.name),
      ]);
      expect(
        columns
          .map((column) => [column.name, column.type, column.notnull === 1 || column.pk > 0, column.pk > 0])
          .toSorted(),
      ).toEqual(
        table.columns
          .map((column) => [
            column.name,
            column.getSQLType().toUpperCase(),
            column.notNull || primary.has(column.name),
            primary.has(column.name),
          ])
          .toSorted(),
      );
      const indexes = await rows<{ name: string; unique: number; partial: number; origin: string }>(
        `index_list(${name})`,
      );
      const kept = await Promise.all(
        indexes
          .filter(({ origin }) => origin === "c")
          .map(async (index) => {
            const keys = await rows<{ name: string }>(`index_info(${index.name})`);
            return [index.name, index.unique === 1, index.partial === 1, ...keys.map((key) => key.name)];
          }),
      );
      expect(kept.toSorted()).toEqual(
        table.indexes
          .map(({ config }) => [
            config.name,
            config.unique,
            config.where !== undefined,
            ...config.columns.map((column) => ("name" in column ? column.name : "")),
          ])
          .toSorted(),
      );
    },
  );
});
