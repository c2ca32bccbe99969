'use client'

import Link from 'next/link'
import type { ReactNode } from 'react'
import { type Snapshot, WINDOWS } from '#lib/observability/dashboard/shapes.ts'
import styles from './Dashboard.module.css'
import { DeliveryPanel } from './DeliveryPanel.tsx'
import { DriftList } from './DriftList.tsx'
import { Headline } from './Headline.tsx'
import { LatestAlerts } from './LatestAlerts.tsx'
import { LagByLayer } from './LagByLayer.tsx'
import { LagChart } from './LagChart.tsx'
import { NinesTable } from './NinesTable.tsx'
import { MismatchList, ProbeTable } from './ProbeTable.tsx'
import { Tiles } from './Tiles.tsx'
import { useSnapshot } from './useSnapshot.ts'

function Section({
  id,
  title,
  hint,
  children,
  wide,
}: {
  id: string
  title: string
  hint?: string
  children: ReactNode
  wide?: boolean
}) {
  return (
    <section aria-labelledby={id} className={wide ? styles.wide : undefined}>
      <h2 id={id} className={styles.heading}>
        {title}
      </h2>
      {hint ? <p className={styles.hint}>{hint}</p> : null}
      {children}
    </section>
  )
}

/** The dashboard: what the page came with, kept up to date by the event stream. */
export function Dashboard({ initial }: { initial: Snapshot }) {
  const { snapshot, connection } = useSnapshot(initial)
  return (
    <div className={styles.dashboard}>
      <Headline snapshot={snapshot} connection={connection} />
      <Tiles snapshot={snapshot} />
      <nav aria-label="Time that is shown" className={styles.windows}>
        {Object.entries(WINDOWS).map(([name, { label }]) => (
          <Link
            key={name}
            href={`/admin/freshness?window=${name}`}
            aria-current={name === snapshot.window ? 'true' : undefined}
            className={styles.window}
            scroll={false}
          >
            {label}
          </Link>
        ))}
      </nav>
      <div className={styles.columns}>
        <Section
          id="lag"
          title="Lag over time"
          hint="From the commit of a change until a layer was read back and showed it. Thick: p99, thin: p50."
          wide
        >
          <div className={styles.panel}>
            <LagChart snapshot={snapshot} />
          </div>
        </Section>
        <Section id="layers" title="Lag by layer">
          <LagByLayer lag={snapshot.lag} />
        </Section>
        <Section id="nines" title="Nines">
          <NinesTable rows={snapshot.nines} />
        </Section>
        <Section
          id="probes"
          title="Seen by the prober"
          hint="A process that shares no cache with the shop asks for pages as shoppers do: what has changed first, then a random sample, in every language. Its lag is an upper bound: it looks once a second."
          wide
        >
          <ProbeTable rows={snapshot.probed} />
          <MismatchList rows={snapshot.mismatches} />
        </Section>
        <Section id="drift" title="Behind now" wide>
          <DriftList rows={snapshot.drift} budgetMs={snapshot.budgetMs} />
        </Section>
        <Section id="alerts" title="Alerts" wide>
          <LatestAlerts snapshot={snapshot} />
        </Section>
        <Section id="delivery" title="On the way" wide>
          <div className={styles.panel}>
            <DeliveryPanel delivery={snapshot.delivery} />
          </div>
        </Section>
      </div>
    </div>
  )
}
