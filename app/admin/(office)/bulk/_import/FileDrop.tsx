import { useState } from 'react'
import styles from './Import.module.css'

interface Props {
  readonly file: File | undefined
  readonly onChoose: (file: File | undefined) => void
}

/** Takes a file that is dropped or chosen. */
export function FileDrop({ file, onChoose }: Props) {
  const [over, setOver] = useState(false)
  return (
    <label className={styles.drop} data-over={over}>
      {/* Over the whole frame: a file input takes what is dropped on it. */}
      <input
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
