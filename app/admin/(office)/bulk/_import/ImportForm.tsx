'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Notice } from '../../../../_ui/Notice.tsx'
import progress from '../_edit/ProgressPanel.module.css'
import { FilePanel } from './FilePanel.tsx'
import styles from './Import.module.css'
import { ImportOutcome } from './ImportOutcome.tsx'
import { ImportQuestions } from './ImportQuestions.tsx'
import { RejectedRows } from './RejectedRows.tsx'
import { type Answer, type ImportResult, type ImportShare, type OpenQuestions, uploadPrices } from './upload.ts'

type Given = ReadonlyMap<string, Answer>

const isColumn = ({ parameter }: Answer) => parameter === 'column' || parameter === 'ignore'

/** A file and why; what it leaves open; what was made of it. A file of which all is plain leads straight to the preview. */
export function ImportForm() {
  const router = useRouter()
  const [file, setFile] = useState<File>()
  const [reason, setReason] = useState('')
  const [share, setShare] = useState<ImportShare>()
  const [error, setError] = useState<string>()
  const [found, setFound] = useState<ImportResult | OpenQuestions>()
  /** Answers about the file, by question. */
  const [given, setGiven] = useState<Given>(new Map())
  const [asked, setAsked] = useState(false)

  function choose(chosen: File | undefined): void {
    setFile(chosen)
    setFound(undefined)
    setGiven(new Map())
    setError(undefined)
  }

  async function send(answers: Given): Promise<void> {
    setAsked(true)
    if (!file || reason.trim() === '') return
    setGiven(answers)
    setShare({ words: 'Sending…', share: 0 })
    setError(undefined)
    const answer = await uploadPrices(file, reason.trim(), [...answers.values()], setShare)
    setShare(undefined)
    if (!answer.ok) return setError(answer.refusal.message)
    const { value } = answer
    if (!('questions' in value) && value.edit && value.sales.length + value.errorCount + value.notes.length === 0) {
      const foreign = value.columns.some(({ field, name }) => field !== name)
      if (!foreign && value.ignoredColumns.length === 0) return router.push(`/admin/bulk/${value.edit.id}`)
    }
    setFound(value)
  }

  function sendColumns(answers: readonly Answer[]): void {
    const others = [...given].filter(([, answer]) => !isColumn(answer))
    void send(
      new Map([...others, ...answers.map((answer) => [`${answer.parameter} ${answer.value}`, answer] as const)]),
    )
  }

  return (
    <div className={styles.form}>
      <FilePanel
        file={file}
        onChoose={choose}
        reason={reason}
        onReason={setReason}
        placeholder="Price list of May"
        reasonStandsIn="the history of every price"
        asked={asked}
        busy={share !== undefined}
        onRead={() => void send(new Map())}
      >
        {share === undefined ? null : (
          <>
            <progress className={progress.bar} value={share.share} max={1} aria-label="Import" />
            <p className="muted" aria-live="polite">
              {share.words}
            </p>
          </>
        )}
        {error ? (
          <Notice tone="danger" role="alert">
            <strong>Nothing was changed.</strong> {error}
          </Notice>
        ) : null}
      </FilePanel>
      {found && 'questions' in found ? (
        <ImportQuestions
          key={found.questions.map(({ id }) => id).join(' ')}
          questions={found.questions}
          busy={share !== undefined}
          onAnswer={(answers) => void send(new Map([...given, ...answers]))}
        />
      ) : null}
      {found && !('questions' in found) && file ? (
        <ImportOutcome
          key={JSON.stringify([...given])}
          result={found}
          busy={share !== undefined}
          onColumns={sendColumns}
          onTakeSuggested={() => void send(new Map([...given, ['near', { parameter: 'nearSkus', value: 'take' }]]))}
          rejected={<RejectedRows file={file} answers={[...given.values()]} path="prices/import" />}
        />
      ) : null}
    </div>
  )
}
