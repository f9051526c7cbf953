/** What a spreadsheet takes for a formula, full-width forms included (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r＝＋－＠]/;

/** RFC 4180 with a header line; nested values as JSON. Where no columns are declared they are the members of the rows. */
export function csvOf(declared: readonly string[], rows: readonly object[]): string {
  const columns = declared.length > 0 ? declared : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return columns.map((column) => cell(values.get(column))).join(",");
  });
  return [columns.map(cell).join(","), ...lines, ""].join("\r\n");
}

function cell(value: unknown): string {
  const text = textOf(value);
  const safe = typeof value !== "number" && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
