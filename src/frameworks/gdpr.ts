import type { Framework } from "./framework.ts";

/** Source: Regulation (EU) 2016/679, the articles that a configuration can be evidence of. */
export const framework: Framework = {
  id: "gdpr",
  title: "GDPR",
  edition: "2016/679",
  controls: {
    article_25: "Privacy by design and by default",
    article_30: "Records of what is processed",
    article_32: "Security of processing",
  },
};
