'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import progress from '../_edit/ProgressPanel.module.css'
import styles from './Import.module.css'
import { ImportOutcome } from './ImportOutcome.tsx'
import { type ImportResult, uploadPrices } from './upload.ts'

/** A file, why, and what could not be read of it. A file without a fault leads straight to the preview. */
export function ImportForm() {
  const router = useRouter()
  const [file, setFile] = useState<File>()
  const [reason, setReason] = useState('')
  const [share, setShare] = useState<number>()
  const [error, setError] = useState<string>()
  const [result, setResult] = useState<ImportResult>()
  const [over, setOver] = useState(false)
  const [asked, setAsked] = useState(false)

  function choose(chosen: File | undefined): void {
    setFile(chosen)
    setResult(undefined)
    setError(undefined)
  }

  async function send(): Promise<void> {
    setAsked(true)
    if (!file || reason.trim() === '') return
    setShare(0)
    setError(undefined)
    const answer = await uploadPrices(file, reason.trim(), setShare)
    setShare(undefined)
    if (!answer.ok) return setError(answer.refusal.message)
    const { edit, errorCount } = answer.value
    if (edit && errorCount === 0) return router.push(`/admin/bulk/${edit.id}`)
    setResult(answer.value)
  }

  return (
    <div className={styles.form}>
      <form
        className={styles.panel}
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <label className={styles.drop} data-over={over}>
          {/* Over the whole frame: a file input takes what is dropped on it. */}
          <input
            type="file"
            accept=".csv,text/csv"
            className={styles.input}
            aria-label="CSV file"
            onDragEnter={() => setOver(true)}
            onDragLeave={() => setOver(false)}
            onDrop={() => setOver(false)}
            onChange={(event) => choose(event.target.files?.[0])}
          />
          <strong>{file ? file.name : 'Drop a CSV file here'}</strong>
          <span className="muted">
            {file ? `${Math.ceil(file.size / 1024).toLocaleString('en')} KB · choose another` : 'or choose one'}
          </span>
        </label>
        {asked && !file ? (
          <Notice tone="warning" role="alert">
            Choose a file.
          </Notice>
        ) : null}
        <Field
          id="import-reason"
          label="Why"
          placeholder="Price list of May"
          maxLength={500}
          value={reason}
          error={asked && reason.trim() === '' ? 'Say why: it stands in the history of every price.' : undefined}
          onChange={(event) => setReason(event.target.value)}
        />
        {share === undefined ? null : (
          <>
            <progress className={progress.bar} value={share} max={1} aria-label="Upload" />
            <p className="muted" aria-live="polite">
              {share < 1 ? `Sending, ${Math.round(share * 100)} %` : 'Reading the rows and freezing the preview…'}
            </p>
          </>
        )}
        {error ? (
          <Notice tone="danger" role="alert">
            <strong>Nothing was changed.</strong> {error}
          </Notice>
        ) : null}
        <div>
          <Button type="submit" disabled={share !== undefined}>
            {share === undefined ? 'Read and preview' : 'Reading…'}
          </Button>
        </div>
      </form>
      {result ? <ImportOutcome result={result} /> : null}
    </div>
  )
}
