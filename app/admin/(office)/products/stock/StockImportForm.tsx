'use client'

import { useState } from 'react'
import { Notice } from '../../../../_ui/Notice.tsx'
import { FilePanel } from '../../bulk/_import/FilePanel.tsx'
import { ImportQuestions } from '../../bulk/_import/ImportQuestions.tsx'
import { RejectedRows } from '../../bulk/_import/RejectedRows.tsx'
import type { Answer } from '../../bulk/_import/upload.ts'
import { sendStock, type StockAnswer } from './sendStock.ts'
import { StockOutcome } from './StockOutcome.tsx'
import { Stack } from '../../../_components/Layout.tsx'

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
    <Stack gap={5}>
      <FilePanel
        file={file}
        onChoose={choose}
        reason={reason}
        onReason={setReason}
        placeholder="Counted in May"
        reasonStandsIn="the audit log"
        asked={asked}
        busy={busy}
        onRead={() => void send(new Map(), true)}
      >
        {found?.kind === 'failed' ? (
          <Notice tone="danger" role="alert">
            {found.message}
          </Notice>
        ) : null}
      </FilePanel>
      {found?.kind === 'asked' ? (
        <ImportQuestions
          key={found.questions.map(({ id }) => id).join(' ')}
          questions={found.questions}
          busy={busy}
          onAnswer={(answers) => void send(new Map([...given, ...answers]), true)}
        />
      ) : null}
      {found?.kind === 'read' && file ? (
        <StockOutcome
          result={found.result}
          busy={busy}
          rejected={<RejectedRows file={file} answers={[...given.values()]} path="stock/import" />}
          onSet={() => void send(given, false)}
          onTakeSuggested={() =>
            void send(new Map([...given, ['near', { parameter: 'nearSkus', value: 'take' }]]), true)
          }
        />
      ) : null}
    </Stack>
  )
}
