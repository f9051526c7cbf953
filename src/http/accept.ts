import { Fault } from "#lib/fault";

/** RFC 9110 §12.5.1: how much the caller wants a media type; 0: not at all. The most specific range decides. */
function quality(accept: string, type: string): number {
  const [group] = type.split("/");
  const ranges = accept.split(",").map((part) => {
    const [range = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    return { range, q: q === undefined ? 1 : Number(q.slice(2)) || 0 };
  });
  const found = [type, `${group}/*`, "*/*"].map((range) => ranges.find((candidate) => candidate.range === range));
  return found.find((candidate) => candidate !== undefined)?.q ?? 0;
}

/** The form an answer takes. `documents`: media types of what is answered instead of JSON. Faults: NOT_ACCEPTABLE. */
export function negotiate(accept: string | null, isList: boolean, documents: readonly string[] = []): "json" | "csv" {
  if (accept === null || accept.trim() === "") return "json";
  const json = Math.max(quality(accept, "application/json"), /application\/problem\+json/i.test(accept) ? 0.001 : 0);
  const csv = isList && /text\/(csv|\*)/i.test(accept) ? quality(accept, "text/csv") : 0;
  if (csv > json) return "csv";
  if (json > 0 || documents.some((type) => quality(accept, type) > 0)) return "json";
  const answered = [...new Set(["application/json", ...(isList ? ["text/csv"] : []), ...documents])];
  throw notAcceptable(answered);
}

const notAcceptable = (answered: readonly string[]): Fault =>
  new Fault("NOT_ACCEPTABLE", `This answers ${answered.join(" and ")}.`);

/** Fault: NOT_ACCEPTABLE where another form is wanted than the only one there is. */
export function requireAccepted(accept: string | undefined, type: string): void {
  if (accept?.trim() && quality(accept, type) === 0) throw notAcceptable([type]);
}
