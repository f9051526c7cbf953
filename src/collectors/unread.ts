/** Attributes that only a call about the thing itself tells: all are `undefined` when that could not be made. */
export type OrUnread<Attributes extends object> = { readonly [Name in keyof Attributes]: Attributes[Name] | undefined };

/** The same attributes, none of them read. */
export const unread = <Attributes extends object>(attributes: Attributes): OrUnread<Attributes> =>
  // safe: it has the names of what it was given.
  Object.fromEntries(Object.keys(attributes).map((name) => [name, undefined])) as OrUnread<Attributes>;
