/** Every operation of the admin API. A test holds that each route is here, and that each of these has a route. */
import { readAuditLog } from './audit.ts'
import { watchFreshness } from './freshness.ts'
import type { Operation } from './operation.ts'
import { changePricesNow, readHistory } from './prices.ts'
import { setProductStatus } from './productStatus.ts'
import { createToken, listTokens, revokeToken } from './tokens.ts'

export const OPERATIONS: readonly Operation[] = [changePricesNow, readHistory, setProductStatus, listTokens, createToken, revokeToken, watchFreshness, readAuditLog]
