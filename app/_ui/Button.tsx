import Link from 'next/link'
import type { ComponentProps } from 'react'
import { classNames } from './classNames.ts'

type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'

interface ButtonLook {
  variant?: ButtonVariant
  size?: 'md' | 'sm'
}

function look({ variant = 'primary', size = 'md' }: ButtonLook, className: string | undefined): string {
  return classNames('button', `button-${variant}`, `button-${size}`, className)
}

/** A button, by default with `type="button"`, so that it never submits a form by accident. */
export function Button({ variant, size, className, type = 'button', ...rest }: ComponentProps<'button'> & ButtonLook) {
  return <button type={type} className={look({ variant, size }, className)} {...rest} />
}

/** A link that looks like a button. Its page is not loaded ahead: most visitors only see it. */
export function ButtonLink({
  variant,
  size,
  className,
  ...rest
}: Omit<ComponentProps<typeof Link>, 'prefetch'> & ButtonLook) {
  return <Link className={look({ variant, size }, className)} prefetch={false} {...rest} />
}
