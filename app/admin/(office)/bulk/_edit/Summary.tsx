import { type BulkEditView, OPEN_PERCENT, type PreviewSummary, type Progress } from '#lib/pricing/bulk/contract.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { showMoney } from '#lib/money/money.ts'
import { Tile, Tiles } from '../../../_components/Layout.tsx'
import styles from './edit.module.css'

type Total = PreviewSummary['totals'][number]

/** How far all prices in one currency move together. */
function moved({ currency: code, oldCents, newCents }: Total): string {
  const difference = newCents - oldCents
  return `${difference < 0 ? '−' : '+'}${showMoney(Math.abs(difference), { code })}`
}

function before({ currency: code, oldCents, newCents }: Total): string {
  const percent = oldCents === 0 ? 0 : ((newCents - oldCents) / oldCents) * 100
  return `${showMoney(oldCents, { code })} before, ${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`
}

/** Each currency on a line of its own: their amounts have commas themselves. */
function Lines({ texts }: { texts: readonly string[] }) {
  return texts.map((text) => (
    <span key={text} className={styles.line}>
      {text}
    </span>
  ))
}

/** The effect of the edit in four numbers. */
export function SummaryTiles({
  summary,
  progress,
  state,
}: {
  summary: PreviewSummary
  progress: Progress
  state: BulkEditView['state']
}) {
  const { rows, changed, unchanged, refused } = summary
  const none = { currency: SHOP_CURRENCY.code, oldCents: 0, newCents: 0 }
  const totals = summary.totals.length === 0 ? [none] : summary.totals
  const decided = state !== 'previewed' && state !== 'approved'
  const n = (count: number) => count.toLocaleString('en')
  return (
    <Tiles>
      <Tile
        label={decided ? 'Prices changed' : 'Prices that change'}
        value={decided ? n(progress.applied) : n(changed)}
        hint={decided && progress.applied !== changed ? `of ${n(changed)} in the preview` : `of ${n(rows)} selected`}
      />
      <Tile
        label={decided && progress.applied === 0 ? 'All together, in the preview' : 'All together'}
        value={<Lines texts={totals.map(moved)} />}
        hint={<Lines texts={totals.map(before)} />}
      />
      <Tile
        label="Stay as they are"
        value={n(unchanged)}
        hint={unchanged === 0 ? 'every row changes or is refused' : 'the rules make the same price'}
      />
      {decided && progress.conflicts > 0 ? (
        <Tile label="Conflicts" value={n(progress.conflicts)} tone="warning" hint="changed since the preview" />
      ) : (
        <Tile
          label="Refused"
          value={n(refused)}
          {...(refused > 0 && { tone: 'warning' as const })}
          hint={refused > 0 ? 'no valid price; the others go on' : 'every new price is valid'}
        />
      )}
    </Tiles>
  )
}

type Bar = PreviewSummary['distribution'][number]

function sign(percent: number): string {
  return percent < 0 ? `−${-percent}` : percent > 0 ? `+${percent}` : '0'
}

function nameOf({ fromPercent, toPercent }: Bar): string {
  return toPercent >= OPEN_PERCENT ? `over ${sign(fromPercent)} %` : `${sign(fromPercent)} to ${sign(toPercent)} %`
}

/** The number of prices for each size of change. Empty bars at both ends are left out. */
export function DistributionChart({ distribution }: { distribution: PreviewSummary['distribution'] }) {
  const firstBar = distribution.findIndex(({ rows }) => rows > 0)
  const lastBar = distribution.findLastIndex(({ rows }) => rows > 0)
  if (firstBar < 0) return null
  const bars = distribution.slice(Math.max(0, firstBar - 1), lastBar + 2)
  const most = Math.max(...bars.map(({ rows }) => rows))
  return (
    <figure>
      <figcaption className={styles.chartCaption}>How much prices change</figcaption>
      <ol className={styles.bars}>
        {bars.map((bar) => (
          <li key={bar.fromPercent} className={styles.bar}>
            <span className={styles.barName}>{nameOf(bar)}</span>
            <span className={styles.track}>
              <span
                className={styles.fill}
                data-down={bar.toPercent <= 0}
                style={{ inlineSize: `${(bar.rows / most) * 100}%` }}
              />
            </span>
            <span className={styles.barCount}>{bar.rows.toLocaleString('en')}</span>
          </li>
        ))}
      </ol>
    </figure>
  )
}
