import { Empty } from '../_components/Empty.tsx'
import { ButtonLink } from '../../_ui/Button.tsx'

export default function NotFound() {
  return (
    <>
      <Empty title="There is no such product">It may have another id. Find it by its name or its SKU.</Empty>
      <p style={{ marginTop: 'var(--space-5)', textAlign: 'center' }}>
        <ButtonLink href="/admin/products">All prices</ButtonLink>
      </p>
    </>
  )
}
