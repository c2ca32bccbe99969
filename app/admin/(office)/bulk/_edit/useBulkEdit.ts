import { useEffect, useState } from 'react'
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'

const MOVES: ReadonlySet<BulkEditView['state']> = new Set(['approved', 'applying'])

/** The edit as it moves on, by event stream, from the moment on in which it may. */
export function useBulkEdit(initial: BulkEditView): { edit: BulkEditView; replace: (edit: BulkEditView) => void } {
  const [edit, setEdit] = useState(initial)
  const moves = MOVES.has(edit.state)
  const { id } = edit

  useEffect(() => {
    if (!moves) return
    const source = new EventSource(`/api/admin/bulk-edits/${id}/events`)
    source.addEventListener('edit', (event: MessageEvent<string>) => {
      const next: BulkEditView = JSON.parse(event.data)
      setEdit(next)
    })
    return () => source.close()
  }, [id, moves])

  return { edit, replace: setEdit }
}
