export { accountFilter, accountsNamed } from "./account-filter.ts";
export { coverageStatement, later, sightsIn, type SeenBy, type Sight, type Sights } from "./coverage.ts";
export {
  accountList,
  AccountRef,
  commaList,
  exampleAccountId,
  Moment,
  regionList,
  SearchText,
  serviceList,
  uuidList,
  wordList,
} from "./filters.ts";
export { purgeAccounts } from "./purge-all.ts";
export { resourceTypes, serviceMeaning, servicesOf, serviceWords } from "./services.ts";
