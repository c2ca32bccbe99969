'use client'

import { localized } from '../_i18n/paths.ts'
import { EmptyState } from '../_store/catalog/EmptyState.tsx'
import page from '../_store/catalog/Page.module.css'
import { useStore } from '../_store/StoreContext.tsx'
import { Button, ButtonLink } from '../_ui/Button.tsx'

export default function ErrorPage({ retry }: { error: Error; retry: () => void }) {
  const { locale, labels } = useStore()
  return (
    <div className={page.width} role="alert">
      <EmptyState title={labels.errorTitle} text={labels.errorText} headingLevel={1}>
        <Button onClick={retry}>{labels.retry}</Button>
        <ButtonLink href={localized(locale, '')} variant="secondary">
          {labels.home}
        </ButtonLink>
      </EmptyState>
    </div>
  )
}
