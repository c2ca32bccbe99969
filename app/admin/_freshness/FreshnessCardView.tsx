import type { FreshnessCard } from '#lib/observability/dashboard/productCard.ts'
import { VERDICTS, type Verdict } from '#lib/verification/verdict.ts'
import { Badge, Notice, type Tone } from '../../_ui/Notice.tsx'
import { Money } from '../_components/Amounts.tsx'
import { TableFrame } from '../_components/TableFrame.tsx'
import table from '../_components/table.module.css'
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

/** The version that each layer holds, since when, and the reason where it is not Postgres' own. */
export function FreshnessCardView({ card }: { card: FreshnessCard }) {
  const { tone, text } = headline(card)
  const { source } = card
  return (
    <>
      <Notice tone={tone}>
        <strong>{text}</strong> Read {absolute(card.readAt)}.
      </Notice>
      <TableFrame>
        <table className={table.table} data-testid="freshness-card">
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Version</th>
              <th scope="col">State</th>
              <th scope="col">Since</th>
              <th scope="col">Where and why</th>
            </tr>
          </thead>
          <tbody>
            <tr data-layer="postgres">
              <th scope="row">Postgres, the truth</th>
              <td data-label="Version">
                <strong>{source.version}</strong>
              </td>
              <td data-label="State">
                <Badge>source</Badge>
              </td>
              <td data-label="Since">{absolute(source.versionUpdatedAt)}</td>
              <td data-label="Price">
                <Money amountMinor={source.amountMinor} />
              </td>
            </tr>
            {card.layers.map((layer) => (
              <tr key={layer.place} data-layer={layer.layer} data-verdict={layer.verdict}>
                <th scope="row">{layer.place}</th>
                <td data-label="Version">{layer.version ?? '–'}</td>
                <td data-label="State">
                  <Badge tone={TONES[layer.verdict]}>{VERDICTS[layer.verdict].label}</Badge>
                </td>
                <td data-label="Since">{layer.since ? absolute(layer.since) : '–'}</td>
                <td data-label="Why" className={table.text}>
                  {layer.why}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  )
}
