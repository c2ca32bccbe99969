import type { FreshnessCard } from '#lib/observability/dashboard/productCard.ts'
import { VERDICTS, type Verdict } from '#lib/verification/verdict.ts'
import { Badge, Notice, type Tone } from '../../_ui/Notice.tsx'
import { Money } from '../_components/Values.tsx'
import { type Column, DataTable } from '../_components/DataTable.tsx'
import { absolute } from '../_lib/time.ts'

const TONES: Readonly<Record<Verdict, Tone>> = {
  fresh: 'success',
  empty: 'neutral',
  behind: 'danger',
  invented: 'danger',
  torn: 'danger',
  missing: 'danger',
  unreadable: 'danger',
}

function headline({ layers, source }: FreshnessCard): { tone: Tone; text: string } {
  const wrong = layers.filter(({ verdict }) => TONES[verdict] === 'danger')
  if (wrong.length === 0) return { tone: 'success', text: `Every layer shows version ${source.version}.` }
  return { tone: 'danger', text: `Not fresh: ${wrong.map(({ place }) => place).join(', ')}.` }
}

type Layer = FreshnessCard['layers'][number]

const COLUMNS: readonly Column<Layer | FreshnessCard['source']>[] = [
  { header: 'Layer', cell: (row) => ('place' in row ? row.place : 'Postgres') },
  { header: 'Version', cell: (row) => ('place' in row ? (row.version ?? '–') : <strong>{row.version}</strong>) },
  {
    header: 'State',
    cell: (row) =>
      'place' in row ? <Badge tone={TONES[row.verdict]}>{VERDICTS[row.verdict].label}</Badge> : <Badge>source</Badge>,
  },
  {
    header: 'Since',
    cell: (row) => {
      const since = 'place' in row ? row.since : row.versionUpdatedAt
      return since ? absolute(since) : '–'
    },
  },
  {
    header: 'Where and why',
    label: 'Why',
    kind: 'text',
    cell: (row) => ('place' in row ? row.why : <Money amountMinor={row.amountMinor} currency={row.currency} />),
  },
]

/** The version in each layer, its age, and a reason if it differs from that in Postgres. */
export function FreshnessCardView({ card }: { card: FreshnessCard }) {
  const { tone, text } = headline(card)
  return (
    <>
      <Notice tone={tone}>
        <strong>{text}</strong> Read {absolute(card.readAt)}.
      </Notice>
      <DataTable
        label="Layers"
        columns={COLUMNS}
        rows={[card.source, ...card.layers]}
        rowKey={(row) => ('place' in row ? row.place : 'postgres')}
        rowData={(row) =>
          'place' in row
            ? { 'data-layer': row.layer, 'data-verdict': row.verdict }
            : { 'data-layer': 'postgres', 'data-verdict': undefined }
        }
        testId="freshness-card"
      />
    </>
  )
}
