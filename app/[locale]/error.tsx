'use client'

import { localized } from '../_i18n/paths.ts'
import empty from '../_store/catalog/EmptyState.module.css'
import page from '../_store/catalog/Page.module.css'
import { useStore } from '../_store/StoreContext.tsx'

/** In plain elements: each page loads it, and hardly one shows it. */
export default function ErrorPage({ retry }: { error: Error; retry: () => void }) {
  const { locale, labels } = useStore()
  return (
    <div className={`${page.width} ${empty.empty}`} role="alert">
      <h1>{labels.errorTitle}</h1>
      <p>{labels.errorText}</p>
      <div className={empty.actions}>
        <button type="button" className="button button-primary" onClick={retry}>
          {labels.retry}
        </button>
        <a href={localized(locale, '')} className="button button-secondary">
          {labels.home}
        </a>
      </div>
    </div>
  )
}
