'use client'

import { startTransition, useActionState, useState, type FormEvent } from 'react'
import { confirmationOf, purgeScope } from '#lib/delivery/purge/scope.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { purgeCopies, type PurgeState } from '../../../_actions/purge.ts'
import forms from '../../../_components/forms.module.css'
import { PurgeProgressView } from './PurgeProgressView.tsx'

const COSTS: Readonly<Record<string, string>> = {
  product: 'Every page that shows it is rendered again: its own in each language, and the lists it stands in.',
  category: 'Its list pages, and every page that shows one, are rendered again.',
  locale: 'Every page of the language is rendered again at its next visit.',
  everything: 'Every page is rendered again at its next visit. The popular ones are, at a bounded pace, before that.',
}

/** The scope of a purge, its reason, and the words that confirm it. */
export function PurgeForm({ locales, product }: { locales: readonly string[]; product: string }) {
  const [purges, setPurges] = useState(0)
  const [state, action, pending] = useActionState<PurgeState, FormData>(
    async (previous, form) => {
      const next = await purgeCopies(previous, form)
      if (next.kind === 'purged') setPurges((count) => count + 1)
      return next
    },
    { kind: 'idle' },
  )
  const [kind, setKind] = useState('product')
  const [id, setId] = useState(product)
  const [locale, setLocale] = useState(locales[0] ?? 'en')
  const errors = state.kind === 'refused' && !pending ? state.fields : {}
  const scope = purgeScope.safeParse(
    kind === 'everything' ? { kind } : kind === 'locale' ? { kind, locale } : { kind, id },
  ).data
  const words = scope ? confirmationOf(scope) : undefined
  // Not by React's own way: it empties a form that was refused, and the reason would have to be typed again.
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    startTransition(() => action(form))
  }
  return (
    <form onSubmit={submit} className={forms.form} noValidate>
      <div className={forms.pair}>
        <SelectField
          id="kind"
          name="kind"
          label="Purge"
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          hint={COSTS[kind]}
        >
          <option value="product">A product</option>
          <option value="category">A category</option>
          <option value="locale">A language</option>
          <option value="everything">Everything</option>
        </SelectField>
        {kind === 'everything' ? null : kind === 'locale' ? (
          <SelectField
            id="locale"
            name="locale"
            label="Language"
            value={locale}
            onChange={(event) => setLocale(event.target.value)}
            error={errors.scope}
          >
            {locales.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </SelectField>
        ) : (
          <Field
            id="id"
            name="id"
            label={kind === 'product' ? 'Product id' : 'Category id'}
            inputMode="numeric"
            autoComplete="off"
            value={id}
            onChange={(event) => setId(event.target.value)}
            error={errors.scope}
          />
        )}
      </div>
      <Field
        key={`reason ${purges}`}
        id="reason"
        name="reason"
        label="Reason"
        maxLength={500}
        autoComplete="off"
        hint="For the audit log: what was seen, and where."
        error={errors.reason}
      />
      <Field
        key={`confirm ${purges}`}
        id="confirm"
        name="confirm"
        label="Confirm"
        autoComplete="off"
        hint={
          words ? (
            <>
              Type <strong>{words}</strong>.
            </>
          ) : (
            'Say what to purge first.'
          )
        }
        error={errors.confirm}
      />
      <div className={forms.actions}>
        <Button type="submit" variant="danger" disabled={pending || !words}>
          {pending ? 'Purging…' : 'Purge'}
        </Button>
      </div>
      <div aria-live="polite">
        {state.kind === 'purged' && !pending ? (
          <PurgeProgressView key={state.outcome.correlationId} outcome={state.outcome} />
        ) : null}
        {errors.form ? <Notice tone="danger">{errors.form}</Notice> : null}
      </div>
    </form>
  )
}
