/** Every operation of the admin API. A test holds that each route is here, and that each of these has a route. */
import { exportAuditLog, readAuditLog } from './audit.ts'
import * as bulkEdits from './bulkEdits.ts'
import { replaceCosts } from './costs.ts'
import * as csv from './csv.ts'
import { watchTopics } from './events.ts'
import { purgeCopies, watchFreshness, watchPurge } from './freshness.ts'
import type { Operation } from './operation.ts'
import { changePricesNow, readHistory, readLowest } from './prices.ts'
import { setProductSlug } from './productSlug.ts'
import { setProductStatus } from './productStatus.ts'
import { importProductStocks, listRejectedStocks, setProductStock } from './productStock.ts'
import { listReceiptsOf } from './receipts.ts'
import * as schedules from './schedules.ts'
import * as selection from './selection.ts'
import { createToken, listTokens, revokeToken } from './tokens.ts'

/** These modules export operations only. */
const BULK = [selection, bulkEdits, schedules, csv].flatMap((module) => Object.values<Operation>(module))

export const OPERATIONS: readonly Operation[] = [
  changePricesNow,
  readHistory,
  readLowest,
  replaceCosts,
  setProductStatus,
  setProductSlug,
  setProductStock,
  importProductStocks,
  listRejectedStocks,
  ...BULK,
  listTokens,
  createToken,
  revokeToken,
  watchTopics,
  watchFreshness,
  watchPurge,
  purgeCopies,
  listReceiptsOf,
  readAuditLog,
  exportAuditLog,
]
