'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { adminApi, ask, type Refusal } from '../../../_lib/adminApi.ts'
import { unreadFilters } from '../_lib/filterForm.ts'
import { unreadRules } from '../_lib/rulesForm.ts'
import { changesSomething, draftOf, type DraftState } from './draftState.ts'
import styles from './Editor.module.css'
import { storeDraft } from './draftStorage.ts'

interface Props {
  readonly draft: DraftState
  /** Undefined until it was counted. */
  readonly chosen: number | undefined
  /** The preview that this draft replaces. */
  readonly editId: string | null
  readonly onReason: (reason: string) => void
}

/** The first thing that is missing before a preview, or undefined. */
function missing(draft: DraftState, chosen: number | undefined): string | undefined {
  if (chosen === 0) return 'No product is selected.'
  const unread = [...unreadFilters(draft.filters), ...unreadRules(draft.rules)]
  if (unread.length > 0 || !draftOf({ ...draft, reason: 'x' }))
    return `Cannot be read yet: ${unread.join(', ')}. Correct it above.`
  if (!changesSomething(draft)) return 'Say what changes: choose a rule, or type new prices into the grid.'
  return undefined
}

/** Why, and the way to the preview. */
export function PreviewForm({ draft, chosen, editId, onReason }: Props) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [asked, setAsked] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const lacks = missing(draft, chosen)
  const noReason = draft.reason.trim() === '' ? 'Say why: it stands in the history of every price.' : undefined

  async function preview(): Promise<void> {
    setAsked(true)
    const sent = draftOf(draft)
    if (lacks || noReason || !sent) return
    setBusy(true)
    setRefusal(undefined)
    const answer = await (editId
      ? ask(adminApi['bulk-edits'][':id'].$put({ param: { id: editId }, json: sent }))
      : ask(adminApi['bulk-edits'].$post({ json: sent })))
    if (answer.ok) {
      storeDraft(draft, answer.value.id)
      scrollTo(0, 0) // the next page begins where this one is left
      return router.push(`/admin/bulk/${answer.value.id}`)
    }
    setRefusal(answer.refusal)
    setBusy(false)
  }

  return (
    <form
      className={styles.panel}
      aria-label="Preview"
      onSubmit={(event) => {
        event.preventDefault()
        void preview()
      }}
    >
      <Field
        id="reason"
        label="3. Why"
        placeholder="Autumn sale"
        maxLength={500}
        value={draft.reason}
        error={asked ? noReason : undefined}
        onChange={(event) => onReason(event.target.value)}
      />
      {asked && lacks ? (
        <Notice tone="warning" role="alert">
          {lacks}
        </Notice>
      ) : null}
      {refusal ? (
        <Notice tone="danger" role="alert">
          {refusal.issues.length > 0
            ? refusal.issues.map(({ field, message }) => `${field}: ${message}`).join(' ')
            : refusal.message}
        </Notice>
      ) : null}
      <div>
        <Button type="submit" disabled={busy}>
          {busy ? 'Freezing the rows…' : 'Preview'}
        </Button>
      </div>
    </form>
  )
}
