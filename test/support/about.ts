import type { About } from "#checks/check";

const modules = import.meta.glob<{ check?: { id: string }; about?: About }>("/src/checks/*/*.ts", { eager: true });

/** What stands about every check, from the files themselves. */
export const about: Readonly<Record<string, About>> = Object.fromEntries(
  Object.values(modules).flatMap(({ check, about: its }) => (check && its ? [[check.id, its]] : [])),
);
