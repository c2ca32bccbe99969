import type { Snapshot } from '#lib/observability/dashboard/shapes.ts'
import { Notice, type Tone } from '../../_ui/Notice.tsx'
import { showClock } from './format.ts'
import styles from './Dashboard.module.css'
import type { Connection } from './useSnapshot.ts'

function sentence({ openAlerts, openAlertCount: count, drift, delivery, budgetMs }: Snapshot): {
  tone: Tone
  title: string
  text: string
} {
  const overdue = drift.filter(({ behindMs }) => behindMs > budgetMs).length
  if (count > 0)
    return {
      tone: 'danger',
      title: count === 1 ? 'An alert is open' : `${count} alerts are open`,
      text: openAlerts[0]?.summary ?? '',
    }
  if (overdue > 0)
    return {
      tone: 'danger',
      title: `${overdue} ${overdue === 1 ? 'product is' : 'products are'} behind for longer than the budget`,
      text: 'See below for where each of them is stuck.',
    }
  if (delivery.queue === null)
    return {
      tone: 'warning',
      title: 'Redis does not answer',
      text: 'Shoppers are served from Postgres; edits say “saved, still propagating”. It heals by itself on return.',
    }
  const { changes } = delivery.outbox
  if (changes > 0)
    return {
      tone: 'neutral',
      title: `${changes.toLocaleString('en')} ${changes === 1 ? 'change is' : 'changes are'} on the way`,
      text: 'Acknowledged changes are fresh for shoppers already; this is the check of every copy.',
    }
  return {
    tone: 'success',
    title: 'Every layer shows what Postgres has',
    text: 'Every change was read back in each layer.',
  }
}

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  live: 'Live',
  waiting: 'Connecting',
  unavailable: 'The database does not answer; last state of',
}

/** The state of the shop in one sentence. */
export function Headline({ snapshot, connection }: { snapshot: Snapshot; connection: Connection }) {
  const { tone, title, text } = sentence(snapshot)
  return (
    <Notice tone={tone} className={styles.headline}>
      <output>
        <strong>{title}.</strong> {text}
      </output>
      <p className={styles.live} data-connection={connection}>
        <span aria-hidden="true" className={styles.pulse} />
        {CONNECTIONS[connection]} · <time dateTime={snapshot.at}>{showClock(snapshot.at)} UTC</time>
      </p>
    </Notice>
  )
}
