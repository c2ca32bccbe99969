'use client'

import { useState } from 'react'
import { readSku } from '#lib/pricing/skus/sku.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { adminApi, ask } from '../../../_lib/adminApi.ts'
import styles from './Editor.module.css'

/** A product that the filters do not find, by its SKU. */
export function AddProduct({ onAdd }: { onAdd: (productIds: number[]) => void }) {
  const [sku, setSku] = useState('')
  const [error, setError] = useState<string>()

  async function add(): Promise<void> {
    const read = readSku(sku)
    if (!read.ok) return setError(read.message)
    const answer = await ask(adminApi.selection.rows.$post({ json: { selection: { skus: [read.sku] }, limit: 1 } }))
    if (!answer.ok) return setError(answer.refusal.message)
    if (answer.value.rows.length === 0) return setError('No product has this SKU.')
    onAdd(answer.value.rows.map(({ productId }) => productId))
    setSku('')
    setError(undefined)
  }

  return (
    <form
      className={styles.add}
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <Field
        id="add-sku"
        label="Add one by SKU"
        autoComplete="off"
        value={sku}
        error={error}
        onChange={(event) => setSku(event.target.value)}
      />
      <Button type="submit" variant="secondary">
        Add
      </Button>
    </form>
  )
}
