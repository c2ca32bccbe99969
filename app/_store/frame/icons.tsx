const common = {
  width: 22,
  height: 22,
  viewBox: '0 0 24 24',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.8,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const

/** The mark of the shop: a fir in three strokes. */
export function EvergreenMark() {
  return (
    <svg {...common} width={26} height={26} strokeWidth={2.2}>
      <path d="M12 2.5 5.5 11h3L4 17.5h16L15.5 11h3z" fill="currentColor" />
      <path d="M12 17.5v4" />
    </svg>
  )
}

export function SearchIcon() {
  return (
    <svg {...common}>
      <circle cx="11" cy="11" r="6.5" />
      <path d="m16 16 4.5 4.5" />
    </svg>
  )
}

export function CartIcon() {
  return (
    <svg {...common}>
      <path d="M5 8.5h14l-1.2 11.2H6.2z" />
      <path d="M8.5 8.5V7a3.5 3.5 0 0 1 7 0v1.5" />
    </svg>
  )
}

export function GlobeIcon() {
  return (
    <svg {...common}>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M3.5 12h17M12 3.5c-5 5.4-5 11.6 0 17 5-5.4 5-11.6 0-17z" />
    </svg>
  )
}
