import { useEffect, useState } from 'react'
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import { watchTopic } from '../../../_events/watchTopic.ts'

const MOVES: ReadonlySet<BulkEditView['state']> = new Set(['approved', 'applying'])

/** The edit as it moves on, by event stream, from the moment on in which it may. */
export function useBulkEdit(initial: BulkEditView): { edit: BulkEditView; replace: (edit: BulkEditView) => void } {
  const [edit, setEdit] = useState(initial)
  const moves = MOVES.has(edit.state)
  const { id } = edit

  useEffect(() => {
    if (!moves) return
    return watchTopic(`edit=${id}`, {
      value(text) {
        const next: BulkEditView = JSON.parse(text)
        setEdit(next)
      },
    })
  }, [id, moves])

  return { edit, replace: setEdit }
}
