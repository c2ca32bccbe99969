import { Empty } from '../_components/States.tsx'
import { ButtonLink } from '../../_ui/Button.tsx'

export default function NotFound() {
  return (
    <Empty title="Not found">
      <ButtonLink href="/admin">Overview</ButtonLink>
    </Empty>
  )
}
