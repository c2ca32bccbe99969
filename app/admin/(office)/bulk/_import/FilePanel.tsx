import type { ReactNode } from 'react'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { FileDrop } from './FileDrop.tsx'
import styles from './Import.module.css'

interface Props {
  readonly file: File | undefined
  readonly onChoose: (file: File | undefined) => void
  readonly reason: string
  readonly onReason: (reason: string) => void
  readonly placeholder: string
  /** The place of the reason afterwards: `the audit log`. */
  readonly reasonStandsIn: string
  /** It was sent once: from then on it is said what is missing. */
  readonly asked: boolean
  readonly busy: boolean
  readonly onRead: () => void
  /** Its progress, and its failure. */
  readonly children: ReactNode
}

/** A file, and the reason for it. */
export function FilePanel(props: Props) {
  const { file, onChoose, reason, onReason, placeholder, reasonStandsIn, asked, busy, onRead, children } = props
  return (
    <form
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
    </form>
  )
}
