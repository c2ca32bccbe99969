/** Each width and each colour scheme once: a barrier depends on one or on the other, never on the pair. */
export const SCREENS = [
  { screen: 'a desktop, light', settings: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' } },
  { screen: 'a phone, dark', settings: { viewport: { width: 360, height: 740 }, colorScheme: 'dark' } },
] as const
