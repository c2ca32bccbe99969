/** For tests in which the size of a change does not matter: what an administrator says to change up to `rows` prices by any amount. */
import { bulkLimitsOf } from '#lib/access/permissions.ts'
import { confirmationsOf } from '#lib/pricing/limits.ts'

/** At most 10 phrases fit into a request. */
export function anySize(rows: 1 | 2 | 3 | 4 | 5 = 1): string[] {
  return Array.from({ length: rows }, (_, i) => i + 1).flatMap((count) =>
    confirmationsOf({ changed: count, large: count, belowFloor: count }, bulkLimitsOf('admin')).map(
      ({ phrase }) => phrase,
    ),
  )
}
