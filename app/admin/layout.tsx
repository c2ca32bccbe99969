import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import '../_ui/base.css'
import '../_ui/controls.css'
import { fontClassName } from '../_ui/fonts.ts'
import './admin.css'

export const metadata: Metadata = {
  title: { default: 'Evergreen back office', template: '%s · Evergreen back office' },
  robots: { index: false, follow: false },
}

export const viewport: Viewport = { width: 'device-width', initialScale: 1 }

export default function AdminRootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={fontClassName}>
      <body>{children}</body>
    </html>
  )
}
