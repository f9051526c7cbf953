export { getAccount, type AccountRow, type ConnectedAccount } from "./account.ts";
export { accountFilter, accountIdsOf, accountsNamed } from "./account-filter.ts";
export { connectAccounts, type AccountInput } from "./connect.ts";
export { coverageStatement, later, sightsIn, type SeenBy, type Sight, type Sights } from "./coverage.ts";
export {
  accountList,
  AccountRef,
  commaList,
  exampleAccountId,
  listOf,
  Moment,
  regionList,
  SearchText,
  serviceList,
  uuidList,
  wordList,
} from "./filters.ts";
export { operatorPrincipal } from "./operator.ts";
export { connectedAccountBody, ConnectedAccountBody, environments } from "./shapes.ts";
export { purgeAccounts } from "./purge-all.ts";
export { resourceTypes, serviceMeaning, servicesOf, serviceWords } from "./services.ts";
export { externalIdTrust, hostOf, webIdentityTrust, type PolicyDocument } from "./trust.ts";
