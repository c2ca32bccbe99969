import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react'
import styles from './Import.module.css'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Stack } from '../../../_components/Layout.tsx'

interface DropProps {
  readonly file: File | undefined
  readonly onChoose: (file: File | undefined) => void
}

/** The field into which a file is dropped, or that opens the chooser. */
function FileDrop({ file, onChoose }: DropProps) {
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const takeEarly = useEffectEvent(() => {
    const early = input.current?.files?.[0]
    if (early) onChoose(early)
  })
  // No event tells of a file that was chosen before the page was hydrated.
  useEffect(() => takeEarly(), [])
  return (
    <label className={styles.drop} data-over={over}>
      {/* Over the whole frame: a file input takes what is dropped on it. */}
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
        className={styles.input}
        aria-label="CSV file"
        onDragEnter={() => setOver(true)}
        onDragLeave={() => setOver(false)}
        onDrop={() => setOver(false)}
        onChange={(event) => onChoose(event.target.files?.[0])}
      />
      <strong>{file ? file.name : 'Drop a CSV file here'}</strong>
      <span className="muted">
        {file ? `${Math.ceil(file.size / 1024).toLocaleString('en')} KB · choose another` : 'or choose one'}
      </span>
    </label>
  )
}

interface Props {
  readonly file: File | undefined
  readonly onChoose: (file: File | undefined) => void
  readonly reason: string
  readonly onReason: (reason: string) => void
  readonly placeholder: string
  /** The place that shows the reason later: `the audit log`. */
  readonly reasonStandsIn: string
  /** The form was sent once: from then on it names missing fields. */
  readonly asked: boolean
  readonly busy: boolean
  readonly onRead: () => void
  /** Progress and errors. */
  readonly children: ReactNode
}

/** The file and the reason. */
export function FilePanel(props: Props) {
  const { file, onChoose, reason, onReason, placeholder, reasonStandsIn, asked, busy, onRead, children } = props
  return (
    <Stack
      as="form"
      className={styles.panel}
      onSubmit={(event) => {
        event.preventDefault()
        onRead()
      }}
    >
      <FileDrop file={file} onChoose={onChoose} />
      {asked && !file ? (
        <Notice tone="warning" role="alert">
          Choose a file.
        </Notice>
      ) : null}
      <Field
        id="import-reason"
        label="Why"
        placeholder={placeholder}
        maxLength={500}
        value={reason}
        error={asked && reason.trim() === '' ? `Say why: it stands in ${reasonStandsIn}.` : undefined}
        onChange={(event) => onReason(event.target.value)}
      />
      {children}
      <div>
        <Button type="submit" disabled={busy}>
          {busy ? 'Reading…' : 'Read and preview'}
        </Button>
      </div>
    </Stack>
  )
}
