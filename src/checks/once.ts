/** What is worked out from a list, once for each list: every resource of a region asks about the same one. */
export function oncePerList<List extends object, Result>(work: (list: List) => Result): (list: List) => Result {
  const done = new WeakMap<List, { readonly result: Result }>();
  return (list) => {
    const known = done.get(list) ?? { result: work(list) };
    done.set(list, known);
    return known.result;
  };
}
