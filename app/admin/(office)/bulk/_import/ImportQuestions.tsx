import { useEffect, useRef, useState } from 'react'
import type { ImportQuestion } from '#lib/pricing/bulk/csv/questions.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Panel, Stack } from '../../../_components/Layout.tsx'
import { type Column, DataTable } from '../../../_components/DataTable.tsx'
import styles from './Import.module.css'
import type { Answer } from './upload.ts'

const SAMPLES: readonly Column<ImportQuestion['samples'][number]>[] = [
  { header: 'Line', label: 'Line', cell: ({ line }) => line },
  { header: 'In the file', kind: 'text', cell: ({ text }) => text },
]
const READ_SAMPLES: typeof SAMPLES = [...SAMPLES, { header: 'Read as', kind: 'text', cell: ({ readAs }) => readAs }]

interface QuestionProps {
  readonly question: ImportQuestion
  readonly chosen: number | null
  readonly onChoose: (at: number) => void
}

function Question({ question: { id, message, samples, answers, suggested }, chosen, onChoose }: QuestionProps) {
  return (
    <Panel as="fieldset" gap={3} narrow>
      <legend>{message}</legend>
      <DataTable
        label="Samples"
        columns={samples.some(({ readAs }) => readAs !== null) ? READ_SAMPLES : SAMPLES}
        rows={samples}
        rowKey={({ line }) => line}
        empty={null}
      />
      <Stack gap={1}>
        {answers.map(({ parameter, value, label }, at) => (
          <label key={`${parameter} ${value}`} className={styles.answer}>
            <input type="radio" name={id} checked={chosen === at} onChange={() => onChoose(at)} />
            <span>
              {label}
              {at === suggested ? <span className="muted"> · suggested</span> : null}
            </span>
          </label>
        ))}
      </Stack>
    </Panel>
  )
}

interface Props {
  readonly questions: readonly ImportQuestion[]
  readonly busy: boolean
  /** By the id of their question. */
  readonly onAnswer: (answers: ReadonlyMap<string, Answer>) => void
}

/** The questions that a file leaves open, each with samples and its possible answers. */
export function ImportQuestions({ questions, busy, onAnswer }: Props) {
  const [chosen, setChosen] = useState<Readonly<Record<string, number>>>({})
  const section = useRef<HTMLElement>(null)
  useEffect(() => section.current?.focus(), [])
  const answered = questions.map(({ id, answers, suggested }) => [id, answers[chosen[id] ?? suggested ?? -1]] as const)
  const given = new Map(answered.flatMap(([id, answer]) => (answer ? [[id, answer] as const] : [])))
  return (
    <section ref={section} tabIndex={-1} aria-label="Questions about the file" className={styles.questions}>
      <div>
        <h2>Questions about the file</h2>
        <p className="muted">Nothing has changed yet.</p>
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
