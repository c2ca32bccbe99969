'use client'

import { useState } from 'react'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { FileDrop } from '../../bulk/_import/FileDrop.tsx'
import styles from '../../bulk/_import/Import.module.css'
import { ImportQuestions } from '../../bulk/_import/ImportQuestions.tsx'
import type { Answer } from '../../bulk/_import/upload.ts'
import { sendStock, type StockAnswer } from './sendStock.ts'
import { StockOutcome } from './StockOutcome.tsx'

type Given = ReadonlyMap<string, Answer>

/** A file and why; what it leaves open; what it would change; what it has set. */
export function StockImportForm() {
  const [file, setFile] = useState<File>()
  const [reason, setReason] = useState('')
  const [given, setGiven] = useState<Given>(new Map())
  const [found, setFound] = useState<StockAnswer>()
  const [busy, setBusy] = useState(false)
  const [asked, setAsked] = useState(false)

  function choose(chosen: File | undefined): void {
    setFile(chosen)
    setFound(undefined)
    setGiven(new Map())
  }

  async function send(answers: Given, preview: boolean): Promise<void> {
    setAsked(true)
    if (!file || reason.trim() === '') return
    setGiven(answers)
    setBusy(true)
    setFound(await sendStock(file, reason.trim(), answers.values(), preview))
    setBusy(false)
  }

  return (
    <div className={styles.form}>
      <form
        className={styles.panel}
        onSubmit={(event) => {
          event.preventDefault()
          void send(new Map(), true)
        }}
      >
        <FileDrop file={file} onChoose={choose} />
        {asked && !file ? (
          <Notice tone="warning" role="alert">
            Choose a file.
          </Notice>
        ) : null}
        <Field
          id="stock-reason"
          label="Why"
          placeholder="Counted in May"
          maxLength={500}
          value={reason}
          error={asked && reason.trim() === '' ? 'Say why: it stands in the audit log.' : undefined}
          onChange={(event) => setReason(event.target.value)}
        />
        {found?.kind === 'failed' ? (
          <Notice tone="danger" role="alert">
            {found.message}
          </Notice>
        ) : null}
        <div>
          <Button type="submit" disabled={busy}>
            {busy ? 'Reading…' : 'Read and preview'}
          </Button>
        </div>
      </form>
      {found?.kind === 'asked' ? (
        <ImportQuestions
          key={found.questions.map(({ id }) => id).join(' ')}
          questions={found.questions}
          busy={busy}
          onAnswer={(answers) => void send(new Map([...given, ...answers]), true)}
        />
      ) : null}
      {found?.kind === 'read' ? (
        <StockOutcome
          result={found.result}
          busy={busy}
          onSet={() => void send(given, false)}
          onTakeSuggested={() =>
            void send(new Map([...given, ['near', { parameter: 'nearSkus', value: 'take' }]]), true)
          }
        />
      ) : null}
    </div>
  )
}
