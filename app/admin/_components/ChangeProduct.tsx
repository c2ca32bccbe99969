'use client'

import { useActionState, useState, type ReactNode } from 'react'
import { DEFAULT_LOCALE, LOCALE_NAMES } from '#lib/platform/locales.ts'
import type { Texts } from '#lib/pricing/changeTexts.ts'
import { Button } from '../../_ui/Button.tsx'
import { Field, TextArea } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { setSlug, setTexts, type ChangeProductState } from '../_actions/changeProduct.ts'
import { NotConfirmed, SavedNotice } from './Answer.tsx'
import { Row, Stack } from './Layout.tsx'

const IDLE: ChangeProductState = { kind: 'idle' }

function Outcome({ state, saved }: { state: ChangeProductState; saved: string }) {
  if (state.kind === 'failed') return <NotConfirmed message={state.message} />
  if (state.kind !== 'saved') return null
  if (state.version === undefined) return <Notice>Nothing to change.</Notice>
  return (
    <SavedNotice state={state.state} version={state.version}>
      {saved}
    </SavedNotice>
  )
}

interface FormProps {
  readonly productId: number
  readonly name: string
  readonly action: typeof setSlug
  readonly button: string
  readonly saved: string
  readonly children: (errorOf: (field: string) => string | undefined) => ReactNode
}

/** The common part of both forms: a reason for the audit log, and the answer. */
function ProductForm({ productId, name, action, button, saved, children }: FormProps) {
  const [state, send, pending] = useActionState(action, IDLE)
  const [reason, setReason] = useState('')
  const [seen, setSeen] = useState(state)
  if (state !== seen) {
    setSeen(state)
    if (state.kind === 'saved') setReason('')
  }
  const errorOf = (field: string) =>
    state.kind === 'refused' && state.field === field && !pending ? state.message : undefined
  return (
    <Stack as="form" action={send} noValidate>
      <input type="hidden" name="productId" value={productId} />
      {children(errorOf)}
      <Field
        id={`${name}-reason`}
        name="reason"
        label="Why"
        autoComplete="off"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint="Goes into the audit log."
        error={errorOf('reason')}
      />
      <Row>
        <Button type="submit" variant="secondary" disabled={pending}>
          {pending ? 'Saving…' : button}
        </Button>
      </Row>
      <div aria-live="polite">
        <Outcome state={pending ? IDLE : state} saved={saved} />
      </div>
    </Stack>
  )
}

/** The address of the product's page. */
export function ChangeSlug({ productId, slug }: { productId: number; slug: string }) {
  const [text, setText] = useState(slug)
  return (
    <ProductForm
      productId={productId}
      name="slug"
      action={setSlug}
      button="Rename"
      saved="Its former addresses lead to the new one."
    >
      {(errorOf) => (
        <Field
          id="slug"
          name="slug"
          label="Address"
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={(event) => setText(event.target.value)}
          hint={`/en/products/${text}`}
          error={errorOf('slug')}
        />
      )}
    </ProductForm>
  )
}

/** Name and description in each language. */
export function ChangeTexts({ productId, texts: given }: { productId: number; texts: readonly Texts[] }) {
  const [texts, setShown] = useState(given)
  return (
    <ProductForm
      productId={productId}
      name="texts"
      action={setTexts}
      button="Save the texts"
      saved="Pages, lists and search have the new texts."
    >
      {(errorOf) =>
        texts.map(({ locale, ...own }) => {
          const [name, description] = [`name.${locale}`, `description.${locale}`]
          const isWrong = errorOf(name) ?? errorOf(description)
          const set = (part: Partial<Texts>) =>
            setShown((all) => all.map((one) => (one.locale === locale ? { ...one, ...part } : one)))
          return (
            <details key={locale} open={isWrong === undefined ? undefined : true}>
              <summary lang={locale}>{LOCALE_NAMES[locale]}</summary>
              <Stack>
                <Field
                  id={name}
                  name={name}
                  label="Name"
                  lang={locale}
                  maxLength={200}
                  value={own.name}
                  onChange={(event) => set({ name: event.target.value })}
                  hint={locale === DEFAULT_LOCALE ? undefined : 'Empty: shoppers read the English one.'}
                  error={errorOf(name)}
                />
                <TextArea
                  id={description}
                  name={description}
                  label="Description"
                  lang={locale}
                  rows={4}
                  maxLength={5_000}
                  value={own.description}
                  onChange={(event) => set({ description: event.target.value })}
                  error={errorOf(description)}
                />
              </Stack>
            </details>
          )
        })
      }
    </ProductForm>
  )
}
