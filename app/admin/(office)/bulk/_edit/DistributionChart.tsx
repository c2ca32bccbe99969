import { OPEN_PERCENT, type PreviewSummary } from '#lib/pricing/bulk/contract.ts'
import styles from './DistributionChart.module.css'

type Bar = PreviewSummary['distribution'][number]

function sign(percent: number): string {
  return percent < 0 ? `−${-percent}` : percent > 0 ? `+${percent}` : '0'
}

function nameOf({ fromPercent, toPercent }: Bar): string {
  return toPercent >= OPEN_PERCENT ? `over ${sign(fromPercent)} %` : `${sign(fromPercent)} to ${sign(toPercent)} %`
}

/** The number of prices by the size of their change. Bars at both ends without a row are left out. */
export function DistributionChart({ distribution }: { distribution: PreviewSummary['distribution'] }) {
  const firstBar = distribution.findIndex(({ rows }) => rows > 0)
  const lastBar = distribution.findLastIndex(({ rows }) => rows > 0)
  if (firstBar < 0) return null
  const bars = distribution.slice(Math.max(0, firstBar - 1), lastBar + 2)
  const most = Math.max(...bars.map(({ rows }) => rows))
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>How much prices change</figcaption>
      <ol className={styles.bars}>
        {bars.map((bar) => (
          <li key={bar.fromPercent} className={styles.bar}>
            <span className={styles.name}>{nameOf(bar)}</span>
            <span className={styles.track}>
              <span
                className={styles.fill}
                data-down={bar.toPercent <= 0}
                style={{ inlineSize: `${(bar.rows / most) * 100}%` }}
              />
            </span>
            <span className={styles.count}>{bar.rows.toLocaleString('en')}</span>
          </li>
        ))}
      </ol>
    </figure>
  )
}
