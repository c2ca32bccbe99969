'use client'

import { useState } from 'react'
import { Button } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { type Answer, importAddress } from './upload.ts'

interface Props {
  readonly file: File
  /** As they were given to the import. */
  readonly answers: readonly Answer[]
  /** Of the import: `stock/import`. */
  readonly path: string
}

/** Fetches the rows that were left out and hands them to the browser as a file. @returns whether they arrived */
async function save({ file, answers, path }: Props): Promise<boolean> {
  const headers = { 'content-type': 'text/csv' }
  const response = await fetch(importAddress(`${path}/rejected`, answers), {
    method: 'POST',
    headers,
    body: file,
  }).catch(() => undefined)
  if (!response?.ok) return false
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = `${file.name.replace(/\.\w+$/, '')} rejected.csv`
  link.click()
  URL.revokeObjectURL(link.href)
  return true
}

/** A button that downloads the rows which an import leaves out: to be corrected and sent again. */
export function RejectedRows(props: Props) {
  const [state, setState] = useState<'idle' | 'reading' | 'failed'>('idle')
  const start = async () => {
    setState('reading')
    setState((await save(props)) ? 'idle' : 'failed')
  }
  return (
    <>
      <Button variant="secondary" disabled={state === 'reading'} onClick={() => void start()}>
        {state === 'reading' ? 'Reading the file…' : 'Download the rejected rows'}
      </Button>
      {state === 'failed' ? (
        <Notice tone="danger" role="alert">
          The rejected rows did not arrive. Try again.
        </Notice>
      ) : null}
    </>
  )
}
