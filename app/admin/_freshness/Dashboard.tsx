'use client'

import { type Snapshot, WINDOWS } from '#lib/observability/dashboard/shapes.ts'
import { Panel, Section, Stack } from '../_components/Layout.tsx'
import { Tabs } from '../_components/Tabs.tsx'
import styles from './Dashboard.module.css'
import { DeliveryPanel, DriftList } from './Backlog.tsx'
import { Headline } from './Headline.tsx'
import { LatestAlerts } from './AlertList.tsx'
import { LagByLayer } from './LagTables.tsx'
import { LagChart } from './LagChart.tsx'
import { SloTable } from './SloTable.tsx'
import { MismatchList, ProbeTable } from './ProbeTable.tsx'
import { SnapshotTiles } from './Tiles.tsx'
import { useSnapshot } from './useSnapshot.ts'

/** The dashboard: what the page came with, kept up to date by the event stream. */
export function Dashboard({ initial }: { initial: Snapshot }) {
  const { snapshot, connection } = useSnapshot(initial)
  return (
    <Stack gap={5}>
      <Headline snapshot={snapshot} connection={connection} />
      <SnapshotTiles snapshot={snapshot} />
      <Tabs
        label="Time that is shown"
        look="group"
        tabs={Object.entries(WINDOWS).map(([name, { label }]) => ({
          href: `/admin/freshness?window=${name}`,
          label,
          current: name === snapshot.window,
        }))}
        scroll={false}
      />
      <div className={styles.columns}>
        <Section
          id="lag"
          title="Lag over time"
          hint="From the commit until a layer shows the change. Thick: p99, thin: p50."
          className={styles.wide}
        >
          <Panel>
            <LagChart snapshot={snapshot} />
          </Panel>
        </Section>
        <Section id="layers" title="Lag by layer">
          <LagByLayer lag={snapshot.lag} />
        </Section>
        <Section id="freshness-slo" title="Fresh in time">
          <SloTable rows={snapshot.freshnessSlo} />
        </Section>
        <Section
          id="probes"
          title="Seen by the prober"
          hint="Reads pages in every language as shoppers do, without a cache of the shop. It looks once a second, so its lag is an upper bound."
          className={styles.wide}
        >
          <ProbeTable rows={snapshot.probed} />
          <MismatchList rows={snapshot.mismatches} />
        </Section>
        <Section id="drift" title="Behind now" className={styles.wide}>
          <DriftList rows={snapshot.drift} budgetMs={snapshot.budgetMs} />
        </Section>
        <Section id="alerts" title="Alerts" className={styles.wide}>
          <LatestAlerts snapshot={snapshot} />
        </Section>
        <Section id="delivery" title="On the way" className={styles.wide}>
          <Panel>
            <DeliveryPanel delivery={snapshot.delivery} />
          </Panel>
        </Section>
      </div>
    </Stack>
  )
}
