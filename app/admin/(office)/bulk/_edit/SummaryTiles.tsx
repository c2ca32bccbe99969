import type { BulkEditView, PreviewSummary, Progress } from '#lib/pricing/bulk/contract.ts'
import { showMoney } from '#lib/money/money.ts'
import { Tile } from '../../../_components/Tile.tsx'
import page from '../../page.module.css'

function signed(cents: number): string {
  return `${cents < 0 ? '−' : '+'}${showMoney(Math.abs(cents))}`
}

/** The edit in four numbers. */
export function SummaryTiles({
  summary,
  progress,
  state,
}: {
  summary: PreviewSummary
  progress: Progress
  state: BulkEditView['state']
}) {
  const { rows, changed, unchanged, refused, oldTotalCents, newTotalCents } = summary
  const difference = newTotalCents - oldTotalCents
  const percent = oldTotalCents === 0 ? 0 : (difference / oldTotalCents) * 100
  const decided = state !== 'previewed' && state !== 'approved'
  const n = (count: number) => count.toLocaleString('en')
  return (
    <dl className={page.tiles}>
      <Tile
        label={decided ? 'Prices changed' : 'Prices that change'}
        value={decided ? n(progress.applied) : n(changed)}
        hint={decided && progress.applied !== changed ? `of ${n(changed)} in the preview` : `of ${n(rows)} selected`}
      />
      <Tile
        label={decided && progress.applied === 0 ? 'All together, in the preview' : 'All together'}
        value={signed(difference)}
        hint={`${showMoney(oldTotalCents)} before, ${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`}
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
    </dl>
  )
}
