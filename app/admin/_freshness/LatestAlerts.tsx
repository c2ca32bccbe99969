import Link from 'next/link'
import type { Snapshot } from '#lib/observability/dashboard/shapes.ts'
import { AlertList } from './AlertList.tsx'
import styles from './AlertList.module.css'

/** An outage of one layer may be fifty alerts: the dashboard shows what else there is, too. */
const OPEN = 6
const IN_ALL = 8

export function LatestAlerts({
  snapshot: { openAlerts, openAlertCount, resolvedAlerts },
}: {
  snapshot: Pick<Snapshot, 'openAlerts' | 'openAlertCount' | 'resolvedAlerts'>
}) {
  const open = openAlerts.slice(0, OPEN)
  const more = openAlertCount - open.length
  return (
    <>
      <AlertList open={open} resolved={more > 0 ? [] : resolvedAlerts.slice(0, IN_ALL - open.length)} />
      <p className={styles.more}>
        {more > 0 ? (
          <strong>
            and {more} more that {more === 1 ? 'is' : 'are'} open.{' '}
          </strong>
        ) : null}
        <Link href="/admin/freshness/alerts" prefetch={false}>
          All alerts
        </Link>
      </p>
    </>
  )
}
