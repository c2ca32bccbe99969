import type { Delivery } from '#lib/observability/dashboard/shapes.ts'
import { BOARD_PATH } from '#lib/queue/boardActions.ts'
import styles from './Dashboard.module.css'
import { showMs } from './format.ts'

const NOTHING = 'nothing'

/** The changes that wait between Postgres and the layers, and their time. */
export function DeliveryPanel({ delivery: { queue, outbox } }: { delivery: Delivery }) {
  const rows: [string, string][] = [
    [
      'Outbox, not seen everywhere',
      outbox.rows === 0
        ? NOTHING
        : `${outbox.changes.toLocaleString('en')} changes in ${outbox.rows.toLocaleString('en')} rows`,
    ],
    ['Oldest of them', outbox.rows === 0 ? '–' : showMs(outbox.oldestMs)],
    ['Jobs waiting', queue ? queue.waiting.toLocaleString('en') : 'Redis does not answer'],
    ['Jobs running', queue ? queue.active.toLocaleString('en') : '–'],
    ['Jobs to be tried again', queue ? queue.delayed.toLocaleString('en') : '–'],
    ['Jobs failed for good', queue ? queue.failed.toLocaleString('en') : '–'],
    ['Oldest job waiting', queue && queue.waiting > 0 ? showMs(queue.oldestMs) : '–'],
  ]
  return (
    <>
      <dl className={styles.facts}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.more}>
        <a href={BOARD_PATH}>Open the queues</a> to retry or discard failed jobs, as an administrator.
      </p>
    </>
  )
}
