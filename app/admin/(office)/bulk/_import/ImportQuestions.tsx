import { useEffect, useRef, useState } from 'react'
import type { ImportQuestion } from '#lib/pricing/bulk/csv/questions.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { classNames } from '../../../../_ui/classNames.ts'
import { TableFrame } from '../../../_components/TableFrame.tsx'
import table from '../../../_components/table.module.css'
import styles from './Import.module.css'
import type { Answer } from './upload.ts'

function Samples({ samples }: Pick<ImportQuestion, 'samples'>) {
  if (samples.length === 0) return null
  const read = samples.some(({ readAs }) => readAs !== null)
  return (
    <TableFrame>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">In the file</th>
            {read ? <th scope="col">Read as</th> : null}
          </tr>
        </thead>
        <tbody>
          {samples.map(({ line, text, readAs }) => (
            <tr key={line}>
              <td data-label="Line">{line}</td>
              <td data-label="In the file" className={table.text}>
                {text}
              </td>
              {read ? (
                <td data-label="Read as" className={table.text}>
                  {readAs}
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

interface QuestionProps {
  readonly question: ImportQuestion
  readonly chosen: number | null
  readonly onChoose: (at: number) => void
}

function Question({ question: { id, message, samples, answers, suggested }, chosen, onChoose }: QuestionProps) {
  return (
    <fieldset className={styles.question}>
      <legend>{message}</legend>
      <Samples samples={samples} />
      <div className={styles.answers}>
        {answers.map(({ parameter, value, label }, at) => (
          <label key={`${parameter} ${value}`} className={styles.answer}>
            <input type="radio" name={id} checked={chosen === at} onChange={() => onChoose(at)} />
            <span>
              {label}
              {at === suggested ? <span className="muted"> · suggested</span> : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

interface Props {
  readonly questions: readonly ImportQuestion[]
  readonly busy: boolean
  /** By the id of their question. */
  readonly onAnswer: (answers: ReadonlyMap<string, Answer>) => void
}

/** The questions that a file leaves open: each with the finding, and the possible answers. */
export function ImportQuestions({ questions, busy, onAnswer }: Props) {
  const [chosen, setChosen] = useState<Readonly<Record<string, number>>>({})
  const section = useRef<HTMLElement>(null)
  useEffect(() => section.current?.focus(), [])
  const answered = questions.map(({ id, answers, suggested }) => [id, answers[chosen[id] ?? suggested ?? -1]] as const)
  const given = new Map(answered.flatMap(([id, answer]) => (answer ? [[id, answer] as const] : [])))
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label="Questions about the file"
      className={classNames(styles.form, styles.step)}
    >
      <div>
        <h2>How is this file to be read?</h2>
        <p className="muted">Nothing was changed yet.</p>
      </div>
      {questions.map((question) => (
        <Question
          key={question.id}
          question={question}
          chosen={chosen[question.id] ?? question.suggested}
          onChoose={(at) => setChosen({ ...chosen, [question.id]: at })}
        />
      ))}
      <div>
        <Button disabled={busy || given.size < questions.length} onClick={() => onAnswer(given)}>
          {busy ? 'Reading…' : 'Read with these answers'}
        </Button>
      </div>
    </section>
  )
}
