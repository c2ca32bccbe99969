import { useRouter } from 'next/navigation'
import { createContext, useContext, useState } from 'react'
import type { BulkEditView, PreviewRow } from '#lib/pricing/bulk/contract.ts'
import type { ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { adminApi, ask, type Refusal } from '../../../_lib/adminApi.ts'
import { planAddress } from '../_schedule/scheduleWords.ts'

interface Chosen {
  /** Rows to be tried again. */
  readonly chosen: ReadonlySet<number>
  readonly toggle: (productIds: readonly number[]) => void
}

export const ChosenRows = createContext<Chosen>({ chosen: new Set(), toggle: () => undefined })

/** @returns true if a row of an ended edit can be tried again */
export function canRetry({ state }: PreviewRow, edit: Pick<BulkEditView, 'state'>): boolean {
  return state === 'conflict' || state === 'refused' || (state === 'pending' && edit.state !== 'applied')
}

/** The rows that are chosen for another try, and the way to its preview, which of a sale is to be planned. */
export function useRetryRows(edit: BulkEditView, sale: ScheduleView | null) {
  const router = useRouter()
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()

  /** In when the first of them is out, and the other way round. */
  function toggle(productIds: readonly number[]): void {
    const [first] = productIds
    if (first === undefined) return
    setChosen((before) => {
      const next = new Set(before)
      for (const id of productIds) {
        if (before.has(first)) next.delete(id)
        else next.add(id)
      }
      return next
    })
  }

  async function retry(): Promise<void> {
    setBusy(true)
    setRefusal(undefined)
    const answer = await ask(
      adminApi['bulk-edits'][':id'].retry.$post({ param: { id: edit.id }, json: { productIds: [...chosen] } }),
    )
    if (answer.ok) {
      scrollTo(0, 0) // the next page begins where this one is left
      return router.push(sale ? planAddress(answer.value.id, sale) : `/admin/bulk/${answer.value.id}`)
    }
    setRefusal(answer.refusal)
    setBusy(false)
  }

  return { chosen, toggle, retry, busy, refusal }
}

export function ChooseRow({ row }: { row: PreviewRow }) {
  const { chosen, toggle } = useContext(ChosenRows)
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      checked={chosen.has(row.productId)}
      aria-label={`Retry ${row.name}`}
      onChange={() => toggle([row.productId])}
    />
  )
}
